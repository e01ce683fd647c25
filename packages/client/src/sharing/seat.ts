import type { Route, RouteOwner } from '../route.ts'

/** A tab's place among the tabs of its user. */
export type Seat = Omit<Route, 'switchUser' | 'stop'>

/** What a seat needs from the route that took it. */
export interface SeatOwner {
  readonly route: RouteOwner
  /** The name of this tab's stream, where it inherits none. */
  readonly marker: string
  /** The user has signed out in another tab. */
  onLogout(): void
}
