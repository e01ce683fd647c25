/**
 * Data version 5: runs that begin by the clock. Times are ms since 1970; JSON is text. `input_schema` is the workflow's
 * schema as it was when the input was checked.
 */
export const SCHEDULES_SCHEMA = `
CREATE TABLE schedules (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workflow TEXT NOT NULL,
  owner TEXT NOT NULL,
  body TEXT NOT NULL,
  input TEXT NOT NULL,
  input_schema TEXT,
  cron TEXT,
  timezone TEXT,
  at INTEGER,
  key TEXT,
  tags TEXT NOT NULL,
  roles TEXT NOT NULL,
  budget TEXT,
  overlap TEXT NOT NULL,
  missed TEXT NOT NULL,
  status TEXT NOT NULL,
  next_at INTEGER,
  last_at INTEGER,
  last_run TEXT,
  problem_code TEXT,
  problem_message TEXT,
  problem_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX schedules_due ON schedules (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX schedules_owner ON schedules (owner, seq);
`
