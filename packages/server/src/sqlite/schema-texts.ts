/**
 * Data version 13. `texts`: what items say piece by piece, each text as it is now; `length` in UTF-16 characters, which
 * SQL cannot count, `offset` of its last event. `text_parts`: its characters in parts of a few kB, so that a piece costs
 * the same at the end of a long text as at its beginning. `run_texts`: how many text events a run's topic may hold.
 * `kpis`: named values; `value` and `data` are JSON, `version` the commit's number.
 */
export const TEXTS_SCHEMA = `
CREATE TABLE texts (
  key INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (seq),
  item INTEGER NOT NULL REFERENCES items (key),
  name TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  length INTEGER NOT NULL,
  done INTEGER NOT NULL,
  cut INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX texts_item ON texts (item, name);
CREATE INDEX texts_run ON texts (run);
CREATE TABLE text_parts (
  key INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (seq),
  text INTEGER NOT NULL REFERENCES texts (key),
  position INTEGER NOT NULL,
  chars TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX text_parts_place ON text_parts (text, position);
CREATE INDEX text_parts_run ON text_parts (run);
CREATE TABLE run_texts (
  run INTEGER PRIMARY KEY REFERENCES runs (seq),
  events INTEGER NOT NULL
) STRICT;

CREATE TABLE kpis (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  unit TEXT,
  data TEXT,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (key, value) VALUES ('kpis', 0);
`
