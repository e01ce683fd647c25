/** Data version 11: ends of items over time: counted from the index alone, of one run or of those of the last hours. */
export const ENDED_SCHEMA = `
CREATE INDEX items_ended ON items (run, finished_at, step, status) WHERE finished_at IS NOT NULL;
`
