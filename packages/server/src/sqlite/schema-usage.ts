/**
 * Data version 12. What was used, by UTC day; it outlives its runs. Empty text: no model, no currency was named. A mark is
 * the last report of an attempt that was counted, by its fence: one that comes again is known by it.
 */
export const USAGE_SCHEMA = `
CREATE TABLE usage_days (
  day TEXT NOT NULL,
  workflow TEXT NOT NULL,
  owner TEXT NOT NULL,
  model TEXT NOT NULL,
  currency TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  micros TEXT NOT NULL,
  PRIMARY KEY (day, workflow, owner, model, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_marks (
  fence INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (seq),
  seq INTEGER NOT NULL
) STRICT;
CREATE INDEX usage_marks_run ON usage_marks (run);

ALTER TABLE run_steps ADD COLUMN tokens INTEGER;
ALTER TABLE run_steps ADD COLUMN micros TEXT;
ALTER TABLE run_steps ADD COLUMN currency TEXT;
ALTER TABLE runs ADD COLUMN sample INTEGER;
ALTER TABLE runs ADD COLUMN ran_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN running_since INTEGER;
ALTER TABLE runs ADD COLUMN budget_at INTEGER;
CREATE INDEX runs_budget ON runs (budget_at) WHERE budget_at IS NOT NULL;
`
