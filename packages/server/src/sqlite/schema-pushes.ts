/** Data version 15: browsers that want pushes. Times are ms since 1970. */
export const PUSHES_SCHEMA = `
CREATE TABLE push_subscriptions (
  endpoint TEXT PRIMARY KEY,
  sub TEXT NOT NULL,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  vapid_key TEXT NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX push_subscriptions_sub ON push_subscriptions (sub, seen_at);
`
