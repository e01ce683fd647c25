/**
 * Limits that steps share by name. `next_at`, `blocked_until` and `wanted_at` are the owner's monotonic ms, which a new
 * process begins anew; `blocked_wall` is the same moment as ms since 1970, to set it again. `run_steps.limits` is the
 * JSON list of a step's limits, empty for none; `waiting_*` say which one it was last refused by.
 */
export const LIMITS_SCHEMA = `
CREATE TABLE limits (
  name TEXT PRIMARY KEY,
  count INTEGER,
  per_ms INTEGER,
  burst INTEGER,
  concurrency INTEGER,
  running INTEGER NOT NULL DEFAULT 0,
  next_at REAL NOT NULL DEFAULT 0,
  blocked_until REAL NOT NULL DEFAULT 0,
  blocked_wall INTEGER NOT NULL DEFAULT 0,
  wanted_at REAL
) STRICT, WITHOUT ROWID;
CREATE INDEX limits_wanted ON limits (wanted_at) WHERE wanted_at IS NOT NULL;
ALTER TABLE run_steps ADD COLUMN limits TEXT NOT NULL DEFAULT '';
ALTER TABLE run_steps ADD COLUMN waiting_limit TEXT;
ALTER TABLE run_steps ADD COLUMN waiting_until INTEGER;
`
