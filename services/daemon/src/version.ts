/** The version of the program, as its packages have it. */
export const version = '0.1.0';
