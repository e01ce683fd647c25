import type { Run, RunState, Throughput } from '@monofil/protocol'
import { can, viewerOf } from '../auth/index.ts'
import { bucketsOver, seriesOf } from '../runs/buckets.ts'
import { RUNS } from './about-runs.ts'
import type { RouteContext } from './context.ts'
import { wholeOf } from './query.ts'
import { json } from './reply.ts'
import type { Request } from './request.ts'
import type { Route } from './router.ts'
import { allForCaller, readable } from './run-access.ts'

const HOUR_MS = 3_600_000
const FAILED_HOURS = 24
const MOST_BUCKETS = 72
/** Runs of each list. */
const LISTED = 10

/** Ends of items over time, and what the operator's first page shows. */
export function overviewRoutes(context: RouteContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/runs/:id/throughput',
      about: RUNS.throughput,
      handle: async (request) => json(await throughputOf(context, request)),
    },
    {
      method: 'GET',
      path: '/v1/overview',
      about: RUNS.overview,
      handle: async (request) => json(await overviewOf(context, request)),
    },
  ]
}

async function throughputOf(context: RouteContext, request: Request): Promise<Throughput> {
  const most = wholeOf(request.query, 'buckets', { min: 1, max: 240, left: 60 })
  const run = await readable(context, request)
  const { id, createdAt, startedAt, finishedAt } = run
  if (startedAt === null) return { from: createdAt, bucketMs: 1000, buckets: 0, steps: [] }
  // A retried run begins anew, and what its earlier rounds completed counts where it ended.
  const from = Date.parse(run.round > 1 ? createdAt : startedAt)
  const range = bucketsOver(from, finishedAt === null ? context.clock.now() : Date.parse(finishedAt), most)
  const fromMs = Date.parse(range.from)
  const ends = await context.store.runs.throughput(id, { fromMs, bucketMs: range.bucketMs })
  const steps = [...Map.groupBy(ends, ({ step }) => step)]
  return { ...range, steps: steps.map(([step, counts]) => ({ step, ...seriesOf(range, counts) })) }
}

async function overviewOf(context: RouteContext, request: Request) {
  const hours = wholeOf(request.query, 'hours', { min: 1, max: 168, left: 6 })
  const { clock, store, hub } = context
  const now = clock.now()
  const range = bucketsOver(now - hours * HOUR_MS, now, MOST_BUCKETS)
  const view = await store.runs.overview({
    viewer: viewerOf(request.principal),
    failedSinceMs: now - FAILED_HOURS * HOUR_MS,
    ends: { fromMs: Date.parse(range.from), bucketMs: range.bucketMs },
    limit: LISTED,
  })
  const shown = async (runs: readonly Run[]) => (await allForCaller(context, request, runs)).map(stateOf)
  const counted = (status: string) =>
    view.states.reduce((sum, state) => sum + (state.status === status ? state.count : 0), 0)
  return {
    at: new Date(now).toISOString(),
    runs: { queued: counted('queued'), running: counted('running'), paused: counted('paused') },
    active: await shown(view.active),
    queues: view.queues
      .map((queue) => ({ ...queue, runs: runsOf(view.states, queue.workflow) }))
      .sort((a, b) => b.queued - a.queued || b.running - a.running || a.workflow.localeCompare(b.workflow)),
    failed: { count: view.failed.count, runs: await shown(view.failed.runs) },
    ended: { ...range, ...seriesOf(range, view.ends) },
    connections: can(request.principal, 'hub.operate', null) ? hub.connections().length : null,
  }
}

function runsOf(states: readonly { readonly workflow: string; readonly count: number }[], workflow: string): number {
  return states.reduce((sum, state) => sum + (state.workflow === workflow ? state.count : 0), 0)
}

function stateOf({ input: _input, result: _result, ...state }: Run): RunState {
  return state
}
