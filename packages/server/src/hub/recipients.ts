import type { Audience } from '../seams/bus.ts'
import type { Feed } from './feed.ts'

/** The roles that a user's newest credential gives, as far as this hub has seen it; undefined: not seen. */
export type RolesOf = (sub: string) => readonly string[] | undefined

/**
 * Whether the user is meant whose inbox this feed is. An older credential gives no role, though a tab may still have it:
 * those of the open tabs count only where nobody knows better.
 */
export function isAmong(feed: Feed, { users, roles, all, except }: Audience, rolesOf: RolesOf): boolean {
  const { user } = feed
  if (user === undefined || except.includes(user)) return false
  if (all || users.includes(user)) return true
  if (roles.length === 0) return false
  const held = rolesOf(user) ?? feed.readers().flatMap(({ connection }) => connection.principal.roles)
  return held.some((role) => roles.includes(role))
}
