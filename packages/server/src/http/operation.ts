import { isId, MonofilError, type Run } from '@monofil/protocol'
import { can } from '../auth/index.ts'
import type { Principal } from '../seams/auth.ts'
import { OPERATION } from './about-operation.ts'
import type { RouteContext } from './context.ts'
import { textOf } from './query.ts'
import { json, noContent } from './reply.ts'
import type { Request } from './request.ts'
import type { Route } from './router.ts'

/** Workflows, what runs now, connections and health. */
export function operationRoutes(context: RouteContext): readonly Route[] {
  return [...workRoutes(context), ...connectionRoutes(context), ...healthRoutes(context)]
}

function workRoutes({ store }: RouteContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/workflows',
      about: OPERATION.workflows,
      async handle({ principal }) {
        const plans = (await store.workflows.list()).filter((plan) => can(principal, 'workflow.start', plan.name))
        const items = plans.map(({ name, steps, inputSchemaJson, exclusive }) => ({
          name,
          exclusive,
          steps: steps.map((step) => ({ name: step.name, each: step.each, after: step.after, weight: step.weight })),
          inputSchema: inputSchemaJson === null ? null : (JSON.parse(inputSchemaJson) as unknown),
        }))
        return json({ items, nextCursor: null })
      },
    },
    {
      method: 'GET',
      path: '/v1/status',
      about: OPERATION.status,
      async handle({ principal, query }) {
        const workflow = textOf(query, 'workflow')
        const key = textOf(query, 'key')
        const running = (await store.runs.active())
          .filter((run) => workflow === undefined || run.workflow === workflow)
          .filter((run) => key === undefined || run.key === key)
          .filter((run) => can(principal, 'workflow.start', run.workflow))
          .map((run) => activeRow(run, principal))
        const currentRunId = running.find((row) => row.runId !== null)?.runId ?? null
        return json({ isRunning: running.length > 0, currentRunId, running })
      },
    },
  ]
}

function activeRow(run: Run, principal: Principal) {
  const runId = can(principal, 'run.read', run) ? run.id : null
  return { workflow: run.workflow, key: run.key, runId, since: run.createdAt }
}

function connectionRoutes({ hub }: RouteContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/connections',
      about: OPERATION.connections,
      handle(request) {
        operatorOnly(request)
        return json({ items: hub.connections(), nextCursor: null })
      },
    },
    {
      method: 'DELETE',
      path: '/v1/connections/:id',
      about: OPERATION.kick,
      handle(request) {
        operatorOnly(request)
        const id = request.params['id']
        if (!isId(id)) throw new MonofilError('unknown_connection', 'No such stream is open here.')
        hub.kick(id)
        return noContent()
      },
    },
  ]
}

function operatorOnly({ principal }: Request): void {
  if (!can(principal, 'hub.operate', null)) {
    throw new MonofilError('forbidden', 'Connections are for the operator, who has the role admin.')
  }
}

function healthRoutes({ hub, store }: RouteContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      about: OPERATION.healthz,
      isPublic: true,
      isProbe: true,
      handle: () => json({ status: 'ok' }),
    },
    {
      method: 'GET',
      path: '/readyz',
      about: OPERATION.readyz,
      isPublic: true,
      isProbe: true,
      async handle() {
        if (hub.isDraining) throw new MonofilError('draining', 'This hub is shutting down.')
        await store.log.bounds('monofil:ready')
        return json({ status: 'ready' })
      },
    },
  ]
}
