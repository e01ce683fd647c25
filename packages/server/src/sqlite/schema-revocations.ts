/** Data version 9: credentials that are refused. Times are ms since 1970. */
export const REVOCATIONS_SCHEMA = `
CREATE TABLE revocations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  before INTEGER NOT NULL,
  until INTEGER NOT NULL,
  by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (kind, value)
) STRICT;
CREATE INDEX revocations_until ON revocations (until);
INSERT INTO meta (key, value) VALUES ('revocations', 0);
`
