import { ITEM_STATUSES, isId, LOG_LEVELS, MonofilError, RUN_STATUSES, type Run } from '@monofil/protocol'
import { patchRun, reports } from '@monofil/protocol/schemas'
import { can, viewerOf } from '../auth/index.ts'

import type { Principal } from '../seams/auth.ts'
import type { ItemFilter, LineQuery, RunFilter } from '../seams/store.ts'
import { RUNS } from './about-runs.ts'
import type { RouteContext } from './context.ts'
import { InputCheck } from './input-check.ts'
import { overviewRoutes } from './overview.ts'
import { parse } from './parse.ts'
import { pageOf, textOf, timeOf, wholeOf, wordOf, wordsOf } from './query.ts'
import { json, noContent, type Reply } from './reply.ts'
import { asksFor, param, type Request } from './request.ts'
import type { Route } from './router.ts'
import { allForCaller, allowed, forCaller, readable } from './run-access.ts'
import { bulkRoutes } from './run-bulk.ts'
import { controlRoutes, runReply } from './run-control.ts'
import { exportRoutes } from './run-export.ts'
import { signalRoutes } from './run-signal.ts'
import { startRun } from './run-start.ts'
import { runStream } from './run-stream.ts'
import { textRoutes } from './run-texts.ts'
import { passing } from './stream.ts'

/** Everything about runs (protocol 4). */
export function runRoutes(context: RouteContext): readonly Route[] {
  const inputs = new InputCheck()
  return [
    ...collectionRoutes(context, inputs),
    ...oneRoutes(context),
    ...partRoutes(context),
    ...controlRoutes(context, inputs),
    ...bulkRoutes(context),
    ...signalRoutes(context),
    ...exportRoutes(context),
    ...overviewRoutes(context),
    ...textRoutes(context),
  ]
}

function collectionRoutes(context: RouteContext, inputs: InputCheck): readonly Route[] {
  const { runs } = context.store
  return [
    {
      method: 'POST',
      path: '/v1/runs',
      about: RUNS.start,
      async handle(request) {
        const { run, created } = await startRun(context, inputs, request)
        if (asksFor(request, 'text/event-stream')) return runStream(context, request, run.id)
        return runReply(context, request, { run, created })
      },
    },
    {
      method: 'GET',
      path: '/v1/runs',
      about: RUNS.list,
      async handle(request) {
        const page = await runs.list(runFilter(request))
        return json({ ...page, items: await allForCaller(context, request, page.items) })
      },
    },
    {
      method: 'GET',
      path: '/v1/runs/latest',
      about: RUNS.latest,
      async handle(request) {
        const workflow = textOf(request.query, 'workflow')
        const { items } = await runs.list({ viewer: viewerOf(request.principal), workflow, limit: 1 })
        if (items[0] === undefined) throw new MonofilError('not_found', 'There is no such run yet.')
        return json(await forCaller(context, request, items[0]))
      },
    },
    {
      method: 'GET',
      path: '/v1/items',
      about: RUNS.allItems,
      handle: async (request) => json(await runs.items(itemFilter(request))),
    },
  ]
}

function oneRoutes(context: RouteContext): readonly Route[] {
  const { runs } = context.store
  return [
    {
      method: 'GET',
      path: '/v1/runs/:id',
      about: RUNS.get,
      handle: async (request) => json(await forCaller(context, request, await readable(context, request))),
    },
    {
      method: 'PATCH',
      path: '/v1/runs/:id',
      about: RUNS.patch,
      async handle(request) {
        const run = await allowed(context, request, 'run.control')
        const { budget, tags } = parse(patchRun, await request.json())
        const budgetJson = budget === undefined ? {} : { budgetJson: budget === null ? null : JSON.stringify(budget) }
        const after = await runs.update(run.id, { ...budgetJson, ...(tags === undefined ? {} : { tags }) })
        return json(await forCaller(context, request, after))
      },
    },
    {
      method: 'DELETE',
      path: '/v1/runs/:id',
      about: RUNS.remove,
      async handle(request) {
        await runs.remove((await allowed(context, request, 'run.control')).id)
        return noContent()
      },
    },
    {
      method: 'POST',
      path: '/v1/runs/:id/reports',
      about: RUNS.reports,
      async handle(request) {
        const run = await reportable(context, request)
        const body = parse(reports, await request.json())
        const { answers, run: after } = await runs.report(run.id, body.reports as Parameters<typeof runs.report>[1], {
          maxTextChars: context.maxTextChars,
        })
        return json({ reports: answers, run: { status: after.status, wanted: after.wanted } })
      },
    },
  ]
}

function partRoutes(context: RouteContext): readonly Route[] {
  const { runs } = context.store
  return [
    {
      method: 'GET',
      path: '/v1/runs/:id/items',
      about: RUNS.items,
      async handle(request) {
        const { id } = await readable(context, request)
        return json(await runs.items({ ...itemFilter(request), viewer: { all: true }, runId: id, workflow: undefined }))
      },
    },
    {
      method: 'GET',
      path: '/v1/runs/:id/logs',
      about: RUNS.logs,
      async handle(request) {
        const query = lineQuery(request.query)
        return json(await runs.logs((await readable(context, request)).id, query))
      },
    },
    {
      method: 'GET',
      path: '/v1/runs/:id/failures',
      about: RUNS.failures,
      async handle(request) {
        const most = wholeOf(request.query, 'items', { min: 0, max: 1000, left: 1000 })
        const groups = await runs.failures((await readable(context, request)).id)
        return json({
          items: groups.map((group) => ({ ...group, items: group.items.slice(0, most) })),
          nextCursor: null,
        })
      },
    },
    {
      method: 'GET',
      path: '/v1/runs/:id/events',
      passing: (error) => passing(context, error),
      about: RUNS.events,
      handle: (request): Promise<Reply> => runStream(context, request, param(request, 'id', isId)),
    },
  ]
}

// Whoever may report to a run need not be able to read it.
async function reportable(context: RouteContext, request: Request): Promise<Run> {
  const id = param(request, 'id', isId)
  const run = await context.store.runs.get(id)
  if (run !== undefined && can(request.principal, 'run.report', run)) return run
  return allowed(context, request, 'run.report')
}

function runFilter({ query, principal }: { query: URLSearchParams; principal: Principal }): RunFilter {
  return {
    viewer: viewerOf(principal),
    status: wordsOf(query, 'status', RUN_STATUSES),
    workflow: textOf(query, 'workflow'),
    tag: textOf(query, 'tag'),
    owner: textOf(query, 'owner'),
    key: textOf(query, 'key'),
    q: textOf(query, 'q'),
    since: timeOf(query, 'since'),
    until: timeOf(query, 'until'),
    ...pageOf(query),
  }
}

function lineQuery(query: URLSearchParams): LineQuery {
  return {
    step: textOf(query, 'step'),
    item: textOf(query, 'item'),
    level: wordOf(query, 'level', LOG_LEVELS),
    q: textOf(query, 'q'),
    order: wordOf(query, 'order', ['asc', 'desc']),
    ...pageOf(query),
  }
}

function itemFilter({ query, principal }: { query: URLSearchParams; principal: Principal }): ItemFilter {
  return {
    viewer: viewerOf(principal),
    workflow: textOf(query, 'workflow'),
    step: textOf(query, 'step'),
    status: wordsOf(query, 'status', ITEM_STATUSES),
    q: textOf(query, 'q'),
    ...pageOf(query),
  }
}
