/** Data version 7: how many elements a single step has handed over in this round; null where its result is the list. */
export const FEED_SCHEMA = 'ALTER TABLE run_steps ADD COLUMN fed INTEGER;'
