const PREFIX = 'user:'

/** The store's name of a user's own log, which its reader knows as `inbox`. No pattern opens it, and nobody publishes to it. */
export function logOfUser(sub: string): string {
  return PREFIX + sub
}

/** Whose own log this is; undefined for every other topic. */
export function userOfLog(log: string): string | undefined {
  return log.startsWith(PREFIX) ? log.slice(PREFIX.length) : undefined
}

/** The name under which readers know a log. */
export function topicOfLog(log: string): string {
  return log.startsWith(PREFIX) ? 'inbox' : log
}
