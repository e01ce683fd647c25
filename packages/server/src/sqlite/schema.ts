/**
 * The log and the store's own facts. `events` has no rowid, so that a topic's events lie together in offset order and
 * a replay reads neighbouring pages.
 */
export const LOG_SCHEMA = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- oldest = head + 1 where nothing is held; then oldest_at is null. A name that begins with '~' is a log that was
-- given up and waits to be deleted in slices: no topic can have such a name.
CREATE TABLE topics (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  head INTEGER NOT NULL,
  oldest INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  oldest_at INTEGER
) STRICT;

CREATE TABLE events (
  topic_id INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (topic_id, offset)
) STRICT, WITHOUT ROWID;

-- seq is the order of arrival: expired ids are found from its lower end, without an index on the time.
CREATE TABLE publish_ids (
  seq INTEGER PRIMARY KEY,
  topic_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  offset INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX publish_ids_by_id ON publish_ids (topic_id, id);

CREATE TABLE workflows (
  name TEXT PRIMARY KEY,
  plan TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
