import { noBody } from '@monofil/protocol/schemas'
import type { Tickets } from '../auth/index.ts'
import { RIGHTS } from './about-rights.ts'
import { parse } from './parse.ts'
import { json } from './reply.ts'
import type { Route } from './router.ts'
import { bodyOf } from './run-control.ts'

/** `POST /v1/tickets`: a ticket with one's own rights, for a native EventSource. */
export function ticketRoutes(tickets: Tickets): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/tickets',
      about: RIGHTS.ticket,
      async handle(request) {
        parse(noBody, await bodyOf(request))
        const { ticket, expiresAtMs } = await tickets.issue(request.principal)
        return json({ ticket, expiresAt: new Date(expiresAtMs).toISOString() }, 201)
      },
    },
  ]
}
