import { isId, MonofilError, type Run } from '@monofil/protocol'
import { can } from '../auth/index.ts'
import type { Principal } from '../seams/auth.ts'
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
  const { principal } = request
  const may = deed === 'run.control' ? await controllerOf(context, principal)(run) : can(principal, deed, run)
  if (!may) throw new MonofilError('forbidden', `Run ${run.id} is not yours to change.`)
  return run
}

/**
 * Says of each run whether this user may control it. What a workflow allows the roles is asked where nothing else
 * decides, once for each workflow.
 */
export function controllerOf(
  { store }: Pick<RouteContext, 'store'>,
  principal: Principal,
): (run: Run) => Promise<boolean> {
  const asked = new Map<string, Promise<boolean>>()
  const letsRoles = (workflow: string): Promise<boolean> => {
    const known = asked.get(workflow) ?? store.workflows.get(workflow).then((plan) => plan?.controlledByRoles === true)
    asked.set(workflow, known)
    return known
  }
  return async (run) => {
    if (can(principal, 'run.control', run)) return true
    // A run that works elsewhere is no run of the workflow that happens to have its name.
    if (run.external || !can(principal, 'run.control', { ...run, controlledByRoles: true })) return false
    return letsRoles(run.workflow)
  }
}

/** The run as this caller may use it: `controls` without what they may not do. Streams share one frame and say all. */
export async function forCaller(
  context: RouteContext,
  { principal }: Pick<Request, 'principal'>,
  run: Run,
): Promise<Run> {
  const [shown = run] = await allForCaller(context, { principal }, [run])
  return shown
}

/** The same for a list. */
export function allForCaller(
  context: RouteContext,
  { principal }: Pick<Request, 'principal'>,
  runs: readonly Run[],
): Promise<readonly Run[]> {
  const mayControl = controllerOf(context, principal)
  return Promise.all(
    runs.map(async (run) => {
      if (!(await mayControl(run))) return { ...run, controls: [] }
      if (can(principal, 'workflow.start', run.workflow)) return run
      return { ...run, controls: run.controls.filter((action) => action !== 'rerun') }
    }),
  )
}

function noRun(id: string): MonofilError {
  return new MonofilError('not_found', `There is no run ${id}, or it is not yours to see.`)
}
