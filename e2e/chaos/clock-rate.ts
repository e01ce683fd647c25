/** Starts of the step `try` in a second. */
export const RATE = 20
