/**
 * The ledger's tables. Times are ms since 1970, but `leases.until`: the owner's monotonic ms, which a new process begins
 * anew (`work.recover` sets them again). JSON is text. Money is text, since sums of millionths outgrow 64 bits.
 */
export const RUNS_SCHEMA = `
CREATE TABLE runs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workflow TEXT NOT NULL,
  external INTEGER NOT NULL,
  exclusive INTEGER NOT NULL,
  status TEXT NOT NULL,
  round INTEGER NOT NULL,
  progress INTEGER NOT NULL,
  wanted TEXT NOT NULL,
  input TEXT NOT NULL,
  body TEXT NOT NULL,
  result TEXT,
  error_code TEXT,
  error_message TEXT,
  tags TEXT NOT NULL,
  owner TEXT NOT NULL,
  roles TEXT NOT NULL,
  key TEXT,
  search TEXT NOT NULL,
  tokens INTEGER,
  micros TEXT,
  currency TEXT,
  budget TEXT,
  parent_id TEXT,
  heartbeat_ms INTEGER,
  stall_at INTEGER,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  last_seen_at INTEGER,
  stalled_since INTEGER
) STRICT;
CREATE INDEX runs_active ON runs (workflow, seq) WHERE finished_at IS NULL;
CREATE INDEX runs_workflow ON runs (workflow, seq);
CREATE INDEX runs_owner ON runs (owner, seq);
CREATE INDEX runs_status ON runs (status, seq);
CREATE INDEX runs_stall ON runs (stall_at) WHERE stall_at IS NOT NULL;

CREATE TABLE run_tags (
  tag TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs (seq),
  PRIMARY KEY (tag, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tags_run ON run_tags (run);

CREATE TABLE run_roles (
  role TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs (seq),
  PRIMARY KEY (role, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_roles_run ON run_roles (run);

CREATE TABLE removed_runs (
  id TEXT PRIMARY KEY,
  removed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_steps (
  run INTEGER NOT NULL REFERENCES runs (seq),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  workflow TEXT NOT NULL,
  plan TEXT NOT NULL,
  concurrency INTEGER NOT NULL,
  status TEXT NOT NULL,
  begun INTEGER NOT NULL,
  total_is_final INTEGER NOT NULL,
  announced INTEGER,
  queued INTEGER NOT NULL,
  running INTEGER NOT NULL,
  retrying INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  ready INTEGER NOT NULL,
  pace_count INTEGER NOT NULL,
  pace_mean REAL NOT NULL,
  pace_spread REAL NOT NULL,
  pace_last_at INTEGER,
  error_code TEXT,
  error_message TEXT,
  started_at INTEGER,
  finished_at INTEGER,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_steps_claimable ON run_steps (workflow, run, position) WHERE ready > 0 AND running < concurrency;

CREATE TABLE items (
  key INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (seq),
  step INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  id TEXT NOT NULL,
  status TEXT NOT NULL,
  ready INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  interruptions INTEGER NOT NULL,
  input TEXT NOT NULL,
  result TEXT,
  error_code TEXT,
  error_message TEXT,
  tokens INTEGER,
  micros TEXT,
  currency TEXT,
  started_at INTEGER,
  finished_at INTEGER,
  not_before INTEGER,
  offset INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX items_place ON items (run DESC, step, idx);
CREATE UNIQUE INDEX items_id ON items (run, step, id);
CREATE INDEX items_ready ON items (run, step, idx) WHERE ready = 1;
CREATE INDEX items_backoff ON items (not_before) WHERE not_before IS NOT NULL AND ready = 0;
CREATE INDEX items_failed ON items (run, step, idx) WHERE status = 'failed';

CREATE TABLE leases (
  fence INTEGER PRIMARY KEY,
  item INTEGER NOT NULL REFERENCES items (key),
  worker TEXT NOT NULL,
  until REAL NOT NULL,
  orphaned INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX leases_until ON leases (until);
CREATE INDEX leases_worker ON leases (worker);
CREATE UNIQUE INDEX leases_item ON leases (item);

CREATE TABLE run_logs (
  seq INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (seq),
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  data TEXT,
  step TEXT,
  item TEXT,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX run_logs_run ON run_logs (run, seq);

CREATE TABLE run_reports (
  run INTEGER NOT NULL REFERENCES runs (seq),
  id TEXT NOT NULL,
  PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;
`

/** Data version 2: steps of a paused run are out of the claims' sight. */
export const PAUSE_SCHEMA = `
ALTER TABLE run_steps ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
DROP INDEX run_steps_claimable;
CREATE INDEX run_steps_claimable ON run_steps (workflow, run, position)
  WHERE ready > 0 AND running < concurrency AND held = 0;
`
