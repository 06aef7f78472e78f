/** Terms of a backtest of forecasts, for those who word it as well as for its message; nothing else is here, so that a page can have them without the schemas. */

/** Forecasts of single bars that a backtest wants: of 500 five are to exceed a value at risk of 99 %. [A] */
export const leastTailForecasts = 500;
/** A test is failed below this probability. */
export const tailTestLevel = 0.05;
