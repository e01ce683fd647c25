import { type InboxMark, isId, MonofilError } from '@monofil/protocol'
import { markAll, markInbox, receipts } from '@monofil/protocol/schemas'
import type { About } from './about.ts'
import { INBOX } from './about-notifications.ts'
import type { RouteContext } from './context.ts'
import { parse } from './parse.ts'
import { pageOf, wordOf } from './query.ts'
import { json, noContent } from './reply.ts'
import { param } from './request.ts'
import type { Route } from './router.ts'
import { bodyOf } from './run-control.ts'

const STATES = ['unread', 'unseen', 'archived', 'all'] as const

/** One's own inbox; nobody, the operator neither, has another one's. */
export function inboxRoutes({ store }: Pick<RouteContext, 'store'>): readonly Route[] {
  const { notifications } = store
  return [
    {
      method: 'GET',
      path: '/v1/inbox',
      about: INBOX.list,
      async handle({ query, principal }) {
        const state = wordOf(query, 'state', STATES) ?? 'inbox'
        return json(await notifications.inbox(principal.sub, { state, ...pageOf(query) }))
      },
    },
    {
      method: 'GET',
      path: '/v1/inbox/counts',
      about: INBOX.counts,
      handle: async ({ principal }) => json(await notifications.counts(principal.sub)),
    },
    ...(['seen', 'read', 'unread', 'archive'] as const).map((word) => markRoute(store, word, INBOX[word])),
    {
      method: 'POST',
      path: '/v1/inbox/:id/claim',
      about: INBOX.claim,
      handle: async (request) => json(await notifications.claim(request.principal.sub, param(request, 'id', isId))),
    },
    {
      method: 'POST',
      path: '/v1/inbox/mark',
      about: INBOX.mark,
      async handle(request) {
        const { changed, counts } = await notifications.mark(
          request.principal.sub,
          parse(markInbox, await request.json()),
        )
        return json({ changed, counts })
      },
    },
    {
      method: 'POST',
      path: '/v1/inbox/read-all',
      about: INBOX.readAll,
      async handle(request) {
        const { state = 'read' } = parse(markAll, await bodyOf(request))
        const { changed, counts } = await notifications.mark(request.principal.sub, { state, ids: null })
        return json({ changed, counts })
      },
    },
    {
      method: 'POST',
      path: '/v1/inbox/receipts',
      about: INBOX.receipts,
      async handle(request) {
        const { ids } = parse(receipts, await request.json())
        await notifications.receive(request.principal.sub, ids)
        return noContent()
      },
    },
  ]
}

function markRoute(
  { notifications }: RouteContext['store'],
  word: 'seen' | 'read' | 'unread' | 'archive',
  about: About,
): Route {
  const state: InboxMark = word === 'archive' ? 'archived' : word
  return {
    method: 'POST',
    path: `/v1/inbox/:id/${word}`,
    about,
    async handle(request) {
      const id = param(request, 'id', isId)
      const { changed, counts, known } = await notifications.mark(request.principal.sub, { state, ids: [id] })
      if (known === 0) throw new MonofilError('not_found', `There is no notification ${id} in this inbox.`)
      return json({ changed, counts })
    },
  }
}
