import type { TicketStore } from '../seams/ticket-store.ts'
import type { Threads } from './threads.ts'

/** Tickets, by way of the threads. */
export function ticketStore(threads: Threads): TicketStore {
  return {
    secret: () => threads.write('tickets.secret', null),
    use: (id, untilMs) => threads.write('tickets.use', { id, untilMs }),
    keep: (id, rightsJson, untilMs) => threads.write('tickets.keep', { id, rightsJson, untilMs }),
    rights: (id) => threads.read('tickets.rights', id),
  }
}
