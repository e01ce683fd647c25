/** Data version 6: finished runs by their end, for retention, and a run's log lines by item. */
export const RETENTION_SCHEMA = `
CREATE INDEX runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX run_logs_item ON run_logs (run, item, seq) WHERE item IS NOT NULL;
`
