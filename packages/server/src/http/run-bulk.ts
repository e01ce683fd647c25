import { isTerminal, MonofilError, RUN_STATUSES, type Run } from '@monofil/protocol'
import { type ControlRuns, controlRuns } from '@monofil/protocol/schemas'
import { viewerOf } from '../auth/index.ts'
import type { Principal } from '../seams/auth.ts'
import type { RunControl, RunFilter } from '../seams/store.ts'
import { RUNS } from './about-runs.ts'
import type { RouteContext } from './context.ts'
import { parse } from './parse.ts'
import { json } from './reply.ts'
import type { Route } from './router.ts'
import { controllerOf } from './run-access.ts'

/** How many runs one call changes, and how many it looks at to find them. */
const MAX_RUNS = 1_000
const MAX_LOOKS = 10_000
const PAGE = 200
/** They share commits, so that a thousand do not take a thousand syncs. */
const AT_ONCE = 50

/** Controls of many runs by a filter, with the count first. */
export function bulkRoutes(context: RouteContext): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/runs/control',
      about: RUNS.control,
      async handle(request) {
        const body = parse(controlRuns, await request.json())
        const { runs, nextCursor } = await matching(context, request.principal, body)
        const failed: Failed[] = []
        let done = 0
        if (body.dryRun !== true) {
          for (let from = 0; from < runs.length; from += AT_ONCE) {
            const ends = await Promise.all(runs.slice(from, from + AT_ONCE).map((run) => apply(context, run.id, body)))
            for (const end of ends) {
              if (end === undefined) done += 1
              else failed.push(end)
            }
          }
        }
        return json({ matched: runs.length, done, failed, nextCursor })
      },
    },
  ]
}

interface Failed {
  readonly id: string
  readonly code: string
  readonly state?: string | undefined
}

/** Answers why not, if not: something happened between the look and the deed. A store that is away ends the call. */
async function apply({ store }: RouteContext, id: string, body: ControlRuns): Promise<Failed | undefined> {
  try {
    if (body.action === 'delete') await store.runs.remove(id)
    else await store.runs.control(id, controlOf(body.action, body))
    return undefined
  } catch (error) {
    if (!MonofilError.is(error) || error.status >= 500) throw error
    // Somebody else has deleted it: that is what was asked for.
    if (body.action === 'delete' && error.code === 'not_found') return undefined
    return { id, code: error.code, state: error.details.state }
  }
}

function controlOf(action: Exclude<ControlRuns['action'], 'delete'>, { hard, force }: ControlRuns): RunControl {
  if (action === 'pause') return { action, hard }
  return action === 'cancel' ? { action, force } : { action }
}

/** Runs under the filter that this caller may control and whose state allows the action, newest first. */
async function matching(
  { store }: RouteContext,
  principal: Principal,
  { action, filter, cursor: from }: ControlRuns,
): Promise<{ readonly runs: readonly Run[]; readonly nextCursor: string | null }> {
  const { status, since, until, ...rest } = filter
  const wanted = status === undefined ? undefined : Array.isArray(status) ? status : [status]
  // Those that the action could mean; the state of each decides.
  const possible = RUN_STATUSES.filter((one) => {
    if (action === 'delete') return isTerminal(one)
    return isTerminal(one) === (action === 'retry') && one !== 'completed'
  })
  const fits = (run: Run): boolean => (action === 'delete' ? isTerminal(run.status) : run.controls.includes(action))
  const query: Omit<RunFilter, 'limit' | 'cursor'> = {
    ...rest,
    viewer: viewerOf(principal),
    status: wanted ?? possible,
    since: since === undefined ? undefined : new Date(since).toISOString(),
    until: until === undefined ? undefined : new Date(until).toISOString(),
  }
  const mayControl = controllerOf({ store }, principal)
  const runs: Run[] = []
  let cursor = from
  for (let looks = 0; looks < MAX_LOOKS && runs.length <= MAX_RUNS - PAGE; looks += PAGE) {
    const page = await store.runs.list({ ...query, limit: PAGE, cursor })
    for (const run of page.items) if (fits(run) && (await mayControl(run))) runs.push(run)
    if (page.nextCursor === null) return { runs, nextCursor: null }
    cursor = page.nextCursor
  }
  return { runs, nextCursor: cursor ?? null }
}
