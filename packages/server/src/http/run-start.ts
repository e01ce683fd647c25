import { MonofilError, type Run } from '@monofil/protocol'
import { type NewRun, newRun } from '@monofil/protocol/schemas'
import { can } from '../auth/index.ts'
import { newRunId } from '../hub/index.ts'
import type { Principal } from '../seams/auth.ts'
import type { NewRunRow, StepPlan, WorkflowPlan } from '../seams/store.ts'
import { canonicalJson } from './canonical.ts'
import type { RouteContext } from './context.ts'
import type { InputCheck } from './input-check.ts'
import { parse, safely } from './parse.ts'
import type { Request } from './request.ts'

const EXTERNAL_ONLY = ['steps', 'total', 'heartbeatMs'] as const

/**
 * Starts a run, or joins the one with the same id, owner and body. Refuses in this order: id, workflow, right, input,
 * key (protocol 4).
 */
export async function startRun(
  { store, clock, random }: Pick<RouteContext, 'store' | 'clock' | 'random'>,
  inputs: InputCheck,
  request: Request,
): Promise<{ readonly run: Run; readonly created: boolean }> {
  const raw = await request.json()
  return makeRun({ store, clock, random }, inputs, { raw, principal: request.principal, parentId: null })
}

/** What a run is made of: the body of its request, who asks, and the run it repeats. */
export interface RunRequest {
  readonly raw: unknown
  readonly principal: Principal
  readonly parentId: string | null
}

/** Makes a run of a body, or answers the one that exists. Refuses as `startRun` does. */
export async function makeRun(
  { store, clock, random }: Pick<RouteContext, 'store' | 'clock' | 'random'>,
  inputs: InputCheck,
  { raw, principal, parentId }: RunRequest,
): Promise<{ readonly run: Run; readonly created: boolean }> {
  const body = parse(newRun, raw)
  const id = body.id ?? newRunId(clock.now(), random)
  const existing = body.id === undefined ? undefined : await store.runs.get(id)
  const plan = body.external === true ? undefined : await store.workflows.get(body.workflow)
  // One's own is compared and answered whatever else is wrong with the request; should it be removed at this moment, its
  // id stays taken. Of another's, those who may not start anything do not learn that it is there.
  if (existing?.owner !== principal.sub) check(body, plan, principal, inputs)
  const row = rowOf(body, plan, { id, owner: principal.sub, raw, parentId })
  try {
    return await store.runs.create(row)
  } catch (error) {
    throw await withoutForeignRun(store, principal, error)
  }
}

function check(body: NewRun, plan: WorkflowPlan | undefined, principal: Principal, inputs: InputCheck): void {
  if (body.external !== true && plan === undefined) {
    throw new MonofilError('unknown_workflow', `No worker has registered a workflow ${body.workflow}.`, {
      field: 'workflow',
    })
  }
  if (!can(principal, 'workflow.start', body.workflow)) {
    throw new MonofilError('forbidden', `You may not start the workflow ${body.workflow}.`, { field: 'workflow' })
  }
  const role = body.roles?.find((one) => !can(principal, 'role.give', one))
  if (role !== undefined) {
    throw new MonofilError('forbidden', `You do not hold the role ${role}, so you cannot put it on a run.`, {
      field: `roles[${body.roles?.indexOf(role)}]`,
    })
  }
  const misplaced = body.external === true ? undefined : EXTERNAL_ONLY.find((field) => body[field] !== undefined)
  if (misplaced !== undefined) {
    throw new MonofilError('invalid_request', `${misplaced} is for external runs; a workflow has its own.`, {
      field: misplaced,
    })
  }
  if (body.external === true && body.sample !== undefined) {
    throw new MonofilError('invalid_request', 'sample is for workflows: who reports on a run decides what is begun.', {
      field: 'sample',
    })
  }
  checkSteps(body)
  if (plan !== undefined) inputs.check(plan, body.input ?? null)
}

function checkSteps({ steps, total }: NewRun): void {
  const names = new Set<string>()
  steps?.forEach(({ name }, index) => {
    if (names.has(name)) {
      throw new MonofilError('invalid_request', `Step ${name} is there twice.`, { field: `steps[${index}].name` })
    }
    names.add(name)
  })
  if (total !== undefined && steps !== undefined && !names.has('main')) {
    throw new MonofilError('invalid_request', 'total is for the step main: give the steps their totals.', {
      field: 'total',
    })
  }
}

function rowOf(
  body: NewRun,
  plan: WorkflowPlan | undefined,
  { id, owner, raw, parentId }: { id: string; owner: string; raw: unknown; parentId: string | null },
): NewRunRow {
  const { id: _id, ...compared } = raw as Record<string, unknown>
  const steps = plan?.steps ?? externalSteps(body)
  return {
    id,
    workflow: body.workflow,
    external: body.external === true,
    exclusive: body.exclusive ?? plan?.exclusive ?? false,
    steps,
    totals: totalsOf(body),
    heartbeatMs: body.heartbeatMs ?? null,
    inputJson: safely(() => JSON.stringify(compared['input'] ?? null)),
    bodyJson: safely(() => canonicalJson(compared)),
    tags: [...new Set(body.tags)],
    owner,
    roles: [...new Set(body.roles)],
    key: body.key ?? null,
    budgetJson: budgetJsonOf(body, plan),
    sample: body.sample ?? plan?.sample ?? null,
    parentId,
  }
}

function budgetJsonOf(body: NewRun, plan: WorkflowPlan | undefined): string | null {
  const budget = body.budget ?? plan?.budget
  return budget === undefined ? null : JSON.stringify(budget)
}

// An external run's steps are driven by reports: what a plan says of attempts and time has no meaning for them.
function externalSteps({ steps, total }: NewRun): readonly StepPlan[] {
  const named = steps ?? (total === undefined ? [] : [{ name: 'main', weight: undefined }])
  return named.map(({ name, weight }) => ({
    name,
    each: null,
    after: [],
    weight: weight ?? 1,
    concurrency: 1,
    attempts: 1,
    backoff: { minMs: 0, maxMs: 0, factor: 1 },
    timeoutMs: 0,
  }))
}

function totalsOf({ steps, total }: NewRun): Record<string, number> {
  const totals: [string, number][] = (steps ?? []).flatMap((step) =>
    step.total === undefined ? [] : [[step.name, step.total] as [string, number]],
  )
  if (total !== undefined) totals.unshift(['main', total])
  return Object.fromEntries(totals)
}

// `key_busy` names the run that is in the way only to those who may see it.
export async function withoutForeignRun(
  store: RouteContext['store'],
  principal: Principal,
  error: unknown,
): Promise<unknown> {
  const runId = MonofilError.is(error) ? error.details.runId : undefined
  if (!MonofilError.is(error) || runId === undefined) return error
  const run = await store.runs.get(runId)
  if (run !== undefined && can(principal, 'run.read', run)) return error
  return new MonofilError(error.code, 'A run with this key is active.', { ...error.details, runId: undefined })
}
