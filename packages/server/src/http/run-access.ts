import { isId, MonofilError, type Run } from '@monofil/protocol'
import { can } from '../auth/index.ts'
import type { RouteContext } from './context.ts'
import { param, type Request } from './request.ts'

/** The run of a path. @throws `not_found` where there is none, or none that this user may see. */
export async function readable(context: RouteContext, request: Request): Promise<Run> {
  const id = param(request, 'id', isId)
  const run = await context.store.runs.get(id)
  if (run === undefined || !can(request.principal, 'run.read', run)) throw noRun(id)
  return run
}

/** @throws `not_found`; `forbidden` for those who may see the run and not do this. */
export async function allowed(
  context: RouteContext,
  request: Request,
  deed: 'run.control' | 'run.report',
): Promise<Run> {
  const run = await readable(context, request)
  if (!can(request.principal, deed, run)) {
    throw new MonofilError('forbidden', `Run ${run.id} is not yours to change.`)
  }
  return run
}

/** The run as this caller may use it: `controls` without what they may not do. Streams share one frame and say all. */
export function forCaller({ principal }: Pick<Request, 'principal'>, run: Run): Run {
  if (!can(principal, 'run.control', run)) return { ...run, controls: [] }
  if (can(principal, 'workflow.start', run.workflow)) return run
  return { ...run, controls: run.controls.filter((action) => action !== 'rerun') }
}

function noRun(id: string): MonofilError {
  return new MonofilError('not_found', `There is no run ${id}, or it is not yours to see.`)
}
