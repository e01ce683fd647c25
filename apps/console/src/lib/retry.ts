/** How many items one request takes. */
export const MAX_RETRY = 1000
