import type { Audience } from '../seams/bus.ts'
import type { Feed } from './feed.ts'

/** Whether a user whose `feed` is read here is meant. Roles are those of the credentials that the user's open tabs have. */
export function isAmong(user: string, feed: Feed, { users, roles, all, except }: Audience): boolean {
  if (except.includes(user)) return false
  if (all || users.includes(user)) return true
  return (
    roles.length > 0 &&
    feed.readers().some(({ connection }) => connection.principal.roles.some((role) => roles.includes(role)))
  )
}
