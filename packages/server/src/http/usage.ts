import { MonofilError, USAGE_DIMENSIONS } from '@monofil/protocol'
import { usageViewerOf } from '../auth/index.ts'
import { USAGE } from './about-usage.ts'
import type { RouteContext } from './context.ts'
import { pageOf, textOf, wordsOf } from './query.ts'
import { json } from './reply.ts'
import type { Route } from './router.ts'

const MAX_DAYS = 400

/** What runs used. */
export function usageRoutes({ store }: RouteContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/usage',
      about: USAGE.list,
      async handle({ principal, query }) {
        const by = wordsOf(query, 'by', USAGE_DIMENSIONS) ?? ['day']
        const page = await store.usage.list({
          viewer: usageViewerOf(principal),
          days: daysOf(query),
          by: [...new Set(by)],
          workflow: textOf(query, 'workflow'),
          owner: textOf(query, 'owner'),
          model: textOf(query, 'model'),
          ...pageOf(query),
        })
        return json(page)
      },
    },
  ]
}

function daysOf(query: URLSearchParams): number {
  const text = textOf(query, 'days') ?? '30'
  const days = Number(text)
  if (/^\d{1,3}$/.test(text) && days >= 1 && days <= MAX_DAYS) return days
  throw new MonofilError('invalid_request', `days is a whole number from 1 to ${MAX_DAYS}.`, { field: 'days' })
}
