/**
 * Data version 6. `runs.removed_at`: the run was removed and only waits for the disk to be freed; its id is `~seq` then,
 * which no request can name. `run_logs.offset`: of the line's event, null where it has none. `run_log_sizes`: how many
 * lines of a run are kept, and how many were cut.
 */
export const RETENTION_SCHEMA = `
ALTER TABLE runs ADD COLUMN removed_at INTEGER;
CREATE INDEX runs_finished ON runs (finished_at, seq) WHERE finished_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX runs_removed ON runs (seq) WHERE removed_at IS NOT NULL;
CREATE INDEX run_logs_item ON run_logs (run, item, seq) WHERE item IS NOT NULL;
ALTER TABLE run_logs ADD COLUMN offset INTEGER;
CREATE TABLE run_log_sizes (
  run INTEGER PRIMARY KEY REFERENCES runs (seq),
  held INTEGER NOT NULL,
  cut INTEGER NOT NULL
) STRICT;
INSERT INTO run_log_sizes SELECT run, count(*), 0 FROM run_logs GROUP BY run;
`
