export type { Deed, Deeds, RunFacts } from './can.ts'
export { can, viewerOf } from './can.ts'
export { developmentAuthenticator } from './development.ts'
export { Tickets, withTickets } from './tickets.ts'
