/** Tickets: which were used, and the rights of those that are too long for a URL. Times are ms since 1970. */
export const TICKETS_SCHEMA = `
CREATE TABLE used_tickets (
  id TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_tickets_until ON used_tickets (until);

CREATE TABLE ticket_rights (
  id TEXT PRIMARY KEY,
  rights TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_rights_until ON ticket_rights (until);
`
