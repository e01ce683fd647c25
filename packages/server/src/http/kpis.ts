import { isId, MonofilError } from '@monofil/protocol'
import { newKpi } from '@monofil/protocol/schemas'
import { can, viewerOf } from '../auth/index.ts'
import { KPIS } from './about-kpis.ts'
import type { RouteContext } from './context.ts'
import { parse } from './parse.ts'
import { pageOf } from './query.ts'
import { json, noContent } from './reply.ts'
import { param, type Request } from './request.ts'
import type { Route } from './router.ts'

/** `/v1/kpis`: named values, each a state topic `kpi:{name}`. */
export function kpiRoutes({ store, maxKpis }: Pick<RouteContext, 'store' | 'maxKpis'>): readonly Route[] {
  const { kpis } = store
  return [
    {
      method: 'PUT',
      path: '/v1/kpis/:name',
      about: KPIS.set,
      async handle(request) {
        const name = settable(request)
        if (!isId(name)) throw new MonofilError('invalid_request', NAME, { field: 'name' })
        const { value, unit, data } = parse(newKpi, await request.json())
        const dataJson = data === undefined ? null : JSON.stringify(data)
        const { version } = await kpis.set({ name, value, unit, dataJson }, { max: maxKpis })
        return json({ version })
      },
    },
    {
      method: 'GET',
      path: '/v1/kpis',
      about: KPIS.list,
      async handle({ principal, query }) {
        const patterns = principal.topics.filter((pattern) => pattern.startsWith('kpi:'))
        return json(await kpis.list({ viewer: viewerOf(principal), patterns, ...pageOf(query) }))
      },
    },
    {
      method: 'GET',
      path: '/v1/kpis/:name',
      about: KPIS.get,
      async handle(request) {
        const name = param(request, 'name', isId)
        const kpi = can(request.principal, 'kpi.read', name) ? await kpis.get(name) : undefined
        if (kpi === undefined)
          throw new MonofilError('not_found', `There is no KPI ${name}, or it is not yours to see.`)
        return json(kpi)
      },
    },
    {
      method: 'DELETE',
      path: '/v1/kpis/:name',
      about: KPIS.remove,
      async handle(request) {
        param(request, 'name', isId)
        await kpis.remove(settable(request))
        return noContent()
      },
    },
  ]
}

const NAME = 'A KPI is named by an id: 1 to 128 of A-Z a-z 0-9 . _ : - and begins with a letter or digit.'

// The same for names that exist and names that do not: it says nothing of either.
function settable(request: Request): string {
  const name = request.params['name'] ?? ''
  if (can(request.principal, 'kpi.set', name)) return name
  throw new MonofilError('forbidden', `KPI ${name} is not yours to set: that needs kpi:${name} in publish.`)
}
