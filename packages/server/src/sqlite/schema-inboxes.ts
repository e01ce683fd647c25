/**
 * Data version 16: an inbox is read by what is in it, not by all that ever was: 60,000 notifications to one user took
 * more than six minutes, each walking past all that a full inbox had let go. `notice_roles` are the roles of notices that somebody may still come
 * to hold: who is new is given those of their own roles, whatever others were sent.
 */
export const INBOXES_SCHEMA = `
DROP INDEX inbox_order;
CREATE INDEX inbox_shown ON inbox (person, no) WHERE outcome = 'inbox';
CREATE INDEX inbox_by_role ON inbox (person, no) WHERE rule = 'role' AND outcome IN ('inbox', 'hidden');

DROP INDEX notices_wide;
CREATE INDEX notices_all ON notices (seq) WHERE state = 'sent' AND to_all = 1;
CREATE TABLE notice_roles (
  role TEXT NOT NULL,
  notice INTEGER NOT NULL,
  PRIMARY KEY (role, notice)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO notice_roles SELECT r.value, n.seq FROM notices n, json_each(n.roles) r WHERE n.state IN ('sent', 'scheduled');
`
