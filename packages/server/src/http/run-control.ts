import { MonofilError, type Run } from '@monofil/protocol'
import { noBody, pauseRun, rerunRun, retryRun } from '@monofil/protocol/schemas'
import type { RunControl } from '../seams/store.ts'
import { RUNS } from './about-runs.ts'
import type { RouteContext } from './context.ts'
import type { InputCheck } from './input-check.ts'
import { parse } from './parse.ts'
import { flagOf } from './query.ts'
import { json, type PlainReply } from './reply.ts'
import type { Request } from './request.ts'
import type { Route } from './router.ts'
import { allowed, forCaller } from './run-access.ts'
import { makeRun, withoutForeignRun } from './run-start.ts'

/** What can be asked of one run: pause, resume, cancel, retry, and another run like it. */
export function controlRoutes(context: RouteContext, inputs: InputCheck): readonly Route[] {
  return [
    control(context, 'pause', (body) => ({ action: 'pause', hard: parse(pauseRun, body).hard })),
    control(context, 'resume', (body) => ({ action: 'resume', ...parse(noBody, body) })),
    control(context, 'cancel', (body, request) => {
      parse(noBody, body)
      return { action: 'cancel', force: flagOf(request.query, 'force') }
    }),
    control(context, 'retry', (body) => ({ action: 'retry', ...parse(retryRun, body) })),
    {
      method: 'POST',
      path: '/v1/runs/:id/rerun',
      about: RUNS.rerun,
      async handle(request) {
        const old = await allowed(context, request, 'run.control')
        const { id } = parse(rerunRun, await bodyOf(request))
        const { run, created } = await rerun(context, inputs, { request, old, id })
        return runReply(context, request, { run, created })
      },
    },
  ]
}

/** A run that was started or joined. */
export async function runReply(
  context: RouteContext,
  request: Request,
  { run, created }: { readonly run: Run; readonly created: boolean },
): Promise<PlainReply> {
  const headers = created ? ['Location', `/v1/runs/${encodeURIComponent(run.id)}`] : []
  return json(await forCaller(context, request, run), created ? 201 : 200, headers)
}

function control(
  context: RouteContext,
  action: RunControl['action'],
  read: (body: unknown, request: Request) => RunControl,
): Route {
  const { store } = context
  return {
    method: 'POST',
    path: `/v1/runs/:id/${action}`,
    about: RUNS[action],
    async handle(request) {
      const { id } = await allowed(context, request, 'run.control')
      const asked = read(await bodyOf(request), request)
      try {
        return json(await forCaller(context, request, await store.runs.control(id, asked)))
      } catch (error) {
        throw await withoutForeignRun(store, request.principal, error)
      }
    },
  }
}

/** The body; none at all is the same as `{}`, so that `curl -X POST` does. */
export async function bodyOf(request: Request): Promise<unknown> {
  const length = request.header('content-length')
  const isAbsent = length === undefined && request.header('content-type') === undefined
  if (length === '0' || (isAbsent && request.header('transfer-encoding') === undefined)) return {}
  return request.json()
}

/** As it was asked for, with the tags and the budget it has now. The caller owns it, by the workflow of today. */
async function rerun(
  context: RouteContext,
  inputs: InputCheck,
  { request, old, id }: { readonly request: Request; readonly old: Run; readonly id: string | undefined },
): Promise<{ readonly run: Run; readonly created: boolean }> {
  if (old.finishedAt === null) {
    const why = `run ${old.id} is ${old.status}: it can be started anew when it is over`
    throw new MonofilError('invalid_state', why, { state: old.status, runId: old.id })
  }
  const asked = await context.store.runs.request(old.id)
  if (asked === undefined) throw new MonofilError('not_found', `There is no run ${old.id} any more.`)
  const { tags: _tags, budget: _budget, ...same } = JSON.parse(asked) as Record<string, unknown>
  const raw = {
    ...same,
    ...(old.tags.length === 0 ? {} : { tags: old.tags }),
    ...(old.budget === null ? {} : { budget: old.budget }),
    ...(id === undefined ? {} : { id }),
  }
  return makeRun(context, inputs, { raw, principal: request.principal, parentId: old.id })
}
