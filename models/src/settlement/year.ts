/** Seconds in the year that volatilities are of: 365 days, as these markets never close. */
export const YEAR_SECONDS: number = 365 * 86_400;
