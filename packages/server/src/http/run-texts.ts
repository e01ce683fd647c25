import { DEFAULT_TEXT_NAME, isId, MonofilError } from '@monofil/protocol'
import { RUNS } from './about-runs.ts'
import type { RouteContext } from './context.ts'
import { textOf } from './query.ts'
import { json } from './reply.ts'
import { param } from './request.ts'
import type { Route } from './router.ts'
import { readable } from './run-access.ts'

/** What an item has said. Not part of the item: a list of 200 items must not be 200 MB. */
export function textRoutes(context: RouteContext): readonly Route[] {
  const { runs } = context.store
  return [
    {
      method: 'GET',
      path: '/v1/runs/:id/items/:item/texts',
      about: RUNS.texts,
      async handle(request) {
        const run = await readable(context, request)
        const item = param(request, 'item', isId)
        const items = await runs.texts({ runId: run.id, item, step: textOf(request.query, 'step') })
        return json({ items, nextCursor: null })
      },
    },
    {
      method: 'GET',
      path: '/v1/runs/:id/items/:item/text',
      about: RUNS.text,
      async handle(request) {
        const run = await readable(context, request)
        const item = param(request, 'item', isId)
        const name = textOf(request.query, 'name') ?? DEFAULT_TEXT_NAME
        const text = await runs.text({ runId: run.id, item, step: textOf(request.query, 'step'), name })
        if (text !== undefined) return json(text)
        throw new MonofilError('not_found', `Item ${item} of run ${run.id} has no text ${JSON.stringify(name)} yet.`)
      },
    },
  ]
}
