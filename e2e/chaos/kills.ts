/** What the workflow of the kills and its test both say. */

/** Starts of the step `read` in a second. */
export const READ_RATE = 120
/** The limit named `models`: starts in a second, and items at once. */
export const MODELS = { rate: 150, seats: 6 } as const
