/**
 * Data version 14: notifications. Times are ms since 1970; JSON is text. `people` are all who were ever seen or named;
 * a row of `inbox` says what became of one notice for one of them, also where it never came into their inbox.
 * `spread_after`: people after this one are still to get it; `tell_after`: recipients after this one are still to be
 * told of a change; null: nobody.
 */
export const NOTICES_SCHEMA = `
CREATE TABLE people (
  seq INTEGER PRIMARY KEY,
  sub TEXT NOT NULL UNIQUE,
  seen_at INTEGER,
  issued_at INTEGER,
  roles TEXT NOT NULL,
  unseen INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  items INTEGER NOT NULL,
  preferences TEXT
) STRICT;
CREATE TABLE people_roles (
  role TEXT NOT NULL,
  person INTEGER NOT NULL,
  PRIMARY KEY (role, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  sender TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  texts TEXT NOT NULL,
  severity TEXT NOT NULL,
  severity_sent TEXT,
  module TEXT,
  action TEXT,
  actions TEXT NOT NULL,
  link TEXT,
  data TEXT,
  target TEXT NOT NULL,
  roles TEXT NOT NULL,
  to_all INTEGER NOT NULL,
  wide INTEGER NOT NULL,
  is_digest INTEGER NOT NULL,
  ttl_ms INTEGER,
  created_at INTEGER NOT NULL,
  send_at INTEGER,
  sent_at INTEGER,
  updated_at INTEGER,
  expires_at INTEGER,
  claimed_by TEXT,
  claimed_at INTEGER,
  spread_after INTEGER,
  tell_after INTEGER,
  duplicates INTEGER NOT NULL DEFAULT 0,
  recipients INTEGER NOT NULL DEFAULT 0,
  live_pending INTEGER NOT NULL DEFAULT 0,
  live_sending INTEGER NOT NULL DEFAULT 0,
  live_sent INTEGER NOT NULL DEFAULT 0,
  live_inboxed INTEGER NOT NULL DEFAULT 0,
  live_failed INTEGER NOT NULL DEFAULT 0,
  live_skipped INTEGER NOT NULL DEFAULT 0,
  push_pending INTEGER NOT NULL DEFAULT 0,
  push_sending INTEGER NOT NULL DEFAULT 0,
  push_sent INTEGER NOT NULL DEFAULT 0,
  push_inboxed INTEGER NOT NULL DEFAULT 0,
  push_failed INTEGER NOT NULL DEFAULT 0,
  push_skipped INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT
) STRICT;
CREATE INDEX notices_send ON notices (send_at) WHERE state = 'scheduled';
CREATE INDEX notices_expire ON notices (expires_at) WHERE state = 'sent' AND expires_at IS NOT NULL;
CREATE INDEX notices_sent ON notices (sent_at) WHERE state = 'sent';
CREATE INDEX notices_wide ON notices (seq) WHERE state = 'sent' AND wide = 1;
CREATE INDEX notices_spread ON notices (seq) WHERE spread_after IS NOT NULL;
CREATE INDEX notices_tell ON notices (seq) WHERE tell_after IS NOT NULL;
CREATE INDEX notices_ended ON notices (seq) WHERE state IN ('retracted', 'expired');

-- no: the offset of its first event, by which an inbox is ordered; place: of the one event that has its words now.
CREATE TABLE inbox (
  person INTEGER NOT NULL,
  notice INTEGER NOT NULL,
  rule TEXT NOT NULL,
  outcome TEXT NOT NULL,
  quiet TEXT,
  no INTEGER NOT NULL,
  place INTEGER NOT NULL,
  at INTEGER NOT NULL,
  seen_at INTEGER,
  read_at INTEGER,
  archived_at INTEGER,
  live TEXT NOT NULL,
  live_at INTEGER,
  live_due INTEGER,
  push_after INTEGER,
  PRIMARY KEY (person, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_order ON inbox (person, no);
CREATE INDEX inbox_notice ON inbox (notice, person);
CREATE INDEX inbox_due ON inbox (live_due) WHERE live_due IS NOT NULL;

CREATE TABLE pushes (
  id INTEGER PRIMARY KEY,
  person INTEGER NOT NULL,
  notice INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  due INTEGER,
  last_error TEXT,
  UNIQUE (person, notice)
) STRICT;
CREATE INDEX pushes_due ON pushes (due) WHERE due IS NOT NULL;
CREATE INDEX pushes_open ON pushes (person, id) WHERE state IN ('pending', 'sending');
CREATE INDEX pushes_notice ON pushes (notice);

CREATE TABLE digests (
  person INTEGER NOT NULL,
  module TEXT NOT NULL,
  count INTEGER NOT NULL,
  due INTEGER NOT NULL,
  PRIMARY KEY (person, module)
) STRICT, WITHOUT ROWID;
CREATE INDEX digests_due ON digests (due);
`
