import { MonofilError, type Schedule } from '@monofil/protocol'
import { type NewSchedule, newSchedule } from '@monofil/protocol/schemas'
import { can } from '../auth/index.ts'
import { newRunId } from '../hub/index.ts'
import { firstTick, nextTicks, type When } from '../runs/schedule.ts'
import type { Principal } from '../seams/auth.ts'
import type { NewScheduleRow } from '../seams/schedule-store.ts'
import { canonicalJson } from './canonical.ts'
import type { RouteContext } from './context.ts'
import type { InputCheck } from './input-check.ts'
import { parse, safely } from './parse.ts'
import type { Request } from './request.ts'

type Context = Pick<RouteContext, 'store' | 'clock' | 'random'>

/**
 * What a request asks to be made. Refuses in this order: id, workflow, right, input; the store then refuses the times.
 * A dry one is asked as if its id were free.
 */
export async function newScheduleOf(
  context: Context,
  inputs: InputCheck,
  { request, isDry }: { readonly request: Request; readonly isDry: boolean },
): Promise<NewScheduleRow> {
  const { store, clock, random } = context
  const { principal } = request
  const raw = await request.json()
  const body = parse(newSchedule, raw)
  const { id: _id, ...compared } = raw as Record<string, unknown>
  // One's own is compared and answered whatever else is wrong with the request. Of another's, those who may not make
  // one do not learn that it is there.
  const existing = isDry || body.id === undefined ? undefined : await store.schedules.get(body.id)
  const exists = existing?.owner === principal.sub
  if (!exists) checkTimes(body)
  const asked = { workflow: body.workflow, input: compared['input'] ?? null }
  const input = exists
    ? { json: JSON.stringify(asked.input), schemaJson: null }
    : await checkedInput(context, inputs, asked, () => {
        mayStart(principal, body.workflow)
        checkRoles(principal, body.roles)
      })
  return {
    id: body.id ?? newRunId(clock.now(), random),
    workflow: body.workflow,
    inputJson: input.json,
    inputSchemaJson: input.schemaJson,
    bodyJson: safely(() => canonicalJson(compared)),
    cron: body.cron ?? null,
    timezone: body.cron === undefined ? null : (body.timezone ?? 'UTC'),
    at: body.at === undefined ? null : Date.parse(body.at),
    key: body.key ?? null,
    tags: [...new Set(body.tags)],
    roles: [...new Set(body.roles)],
    budgetJson: body.budget === undefined ? null : JSON.stringify(body.budget),
    overlap: body.overlap ?? 'skip',
    missed: body.missed ?? 'one',
    owner: principal.sub,
    // It may go at this moment, and what comes after it was not asked about.
    ...(exists ? { joinOnly: true } : {}),
  }
}

/** An input as it is kept, checked by the workflow of today. @throws `unknown_workflow`, `invalid_input`. */
export async function checkedInput(
  { store }: Pick<RouteContext, 'store'>,
  inputs: InputCheck,
  { workflow, input }: { readonly workflow: string; readonly input: unknown },
  allow: () => void = () => undefined,
): Promise<{ readonly json: string; readonly schemaJson: string | null }> {
  const plan = await store.workflows.get(workflow)
  if (plan === undefined) {
    throw new MonofilError('unknown_workflow', `No worker has registered a workflow ${workflow}.`, {
      field: 'workflow',
    })
  }
  allow()
  inputs.check(plan, input)
  return { json: safely(() => JSON.stringify(input)), schemaJson: plan.inputSchemaJson }
}

/** @throws `forbidden` for those who may not start this workflow. */
export function mayStart(principal: Principal, workflow: string): void {
  if (can(principal, 'workflow.start', workflow)) return
  throw new MonofilError('forbidden', `You may not start the workflow ${workflow}.`, { field: 'workflow' })
}

/** @throws `forbidden` for a role that one does not hold. */
export function checkRoles(principal: Principal, roles: readonly string[] | undefined): void {
  const index = roles?.findIndex((role) => !can(principal, 'role.give', role)) ?? -1
  if (index < 0) return
  const words = `You do not hold the role ${roles?.[index]}, so you cannot put it on runs.`
  throw new MonofilError('forbidden', words, { field: `roles[${index}]` })
}

function checkTimes({ cron, timezone, at }: NewSchedule): void {
  if ((cron === undefined) === (at === undefined)) {
    const field = cron === undefined ? 'cron' : 'at'
    throw new MonofilError('invalid_request', `${field}: a schedule has a cron or a time (at), one of the two.`, {
      field,
    })
  }
  if (at !== undefined && timezone !== undefined) {
    const words = 'timezone: it is for a cron; a time (at) is one everywhere.'
    throw new MonofilError('invalid_request', words, { field: 'timezone' })
  }
}

/** The schedule as it would be made now. @throws as making it would for its times. */
export function previewOf(row: NewScheduleRow, now: number): Schedule {
  const { inputJson, inputSchemaJson: _schema, bodyJson: _body, budgetJson, ...same } = row
  const when: When =
    row.cron === null
      ? { cron: null, timezone: null, at: row.at ?? 0 }
      : { cron: row.cron, timezone: row.timezone ?? 'UTC', at: null }
  const nextAt = firstTick(when, now)
  const isoOf = (ms: number): string => new Date(ms).toISOString()
  return {
    ...same,
    input: JSON.parse(inputJson) as unknown,
    budget: budgetJson === null ? null : (JSON.parse(budgetJson) as Schedule['budget']),
    at: row.at === null ? null : isoOf(row.at),
    status: 'active',
    nextAt: isoOf(nextAt),
    lastAt: null,
    lastRunId: null,
    lastProblem: null,
    createdAt: isoOf(now),
    upcoming: nextTicks(when, now, 5).map(isoOf),
  }
}
