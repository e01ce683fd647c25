import { isId, MonofilError, type Run, SCHEDULE_STATUSES, type Schedule } from '@monofil/protocol'
import { type PatchSchedule, patchSchedule, runSchedule } from '@monofil/protocol/schemas'
import { can, viewerOf } from '../auth/index.ts'
import { newRunId } from '../hub/index.ts'
import type { SchedulePatch } from '../seams/schedule-store.ts'
import { SCHEDULES } from './about-schedules.ts'
import type { RouteContext } from './context.ts'
import { InputCheck } from './input-check.ts'
import { parse } from './parse.ts'
import { flagOf, pageOf, textOf, wordsOf } from './query.ts'
import { json, noContent } from './reply.ts'
import { param, type Request } from './request.ts'
import type { Route } from './router.ts'
import { bodyOf, runReply } from './run-control.ts'
import { withoutForeignRun } from './run-start.ts'
import { checkedInput, checkRoles, mayStart, newScheduleOf, previewOf } from './schedule-start.ts'

/** Everything about schedules. */
export function scheduleRoutes(context: RouteContext): readonly Route[] {
  const inputs = new InputCheck()
  return [...collectionRoutes(context, inputs), ...oneRoutes(context, inputs), runRoute(context)]
}

function collectionRoutes(context: RouteContext, inputs: InputCheck): readonly Route[] {
  const { schedules } = context.store
  return [
    {
      method: 'POST',
      path: '/v1/schedules',
      about: SCHEDULES.create,
      async handle(request) {
        const isDry = flagOf(request.query, 'dryRun')
        const row = await newScheduleOf(context, inputs, { request, isDry })
        if (isDry) return json(previewOf(row, context.clock.now()))
        const { schedule, created } = await schedules.create(row)
        context.scheduled()
        const headers = created ? ['Location', `/v1/schedules/${encodeURIComponent(schedule.id)}`] : []
        return json(schedule, created ? 201 : 200, headers)
      },
    },
    {
      method: 'GET',
      path: '/v1/schedules',
      about: SCHEDULES.list,
      async handle({ query, principal }) {
        const filter = {
          owner: viewerOf(principal).all ? undefined : principal.sub,
          workflow: textOf(query, 'workflow'),
          status: wordsOf(query, 'status', SCHEDULE_STATUSES),
          ...pageOf(query),
        }
        return json(await schedules.list(filter))
      },
    },
  ]
}

function oneRoutes(context: RouteContext, inputs: InputCheck): readonly Route[] {
  const { schedules } = context.store
  return [
    {
      method: 'GET',
      path: '/v1/schedules/:id',
      about: SCHEDULES.get,
      handle: async (request) => json(await mine(context, request)),
    },
    {
      method: 'PATCH',
      path: '/v1/schedules/:id',
      about: SCHEDULES.patch,
      async handle(request) {
        const schedule = await mine(context, request)
        const body = parse(patchSchedule, await request.json())
        const patch = await patchOf(context, inputs, { request, schedule, body })
        const after = await schedules.update(schedule.id, patch)
        context.scheduled()
        return json(after)
      },
    },
    {
      method: 'DELETE',
      path: '/v1/schedules/:id',
      about: SCHEDULES.remove,
      async handle(request) {
        await schedules.remove((await mine(context, request)).id)
        return noContent()
      },
    },
  ]
}

function runRoute(context: RouteContext): Route {
  const { store, clock, random } = context
  return {
    method: 'POST',
    path: '/v1/schedules/:id/run',
    about: SCHEDULES.run,
    async handle(request) {
      const schedule = await mine(context, request)
      const { id } = parse(runSchedule, await bodyOf(request))
      mayStart(request.principal, schedule.workflow)
      let started: { readonly run: Run; readonly created: boolean }
      try {
        started = await store.schedules.start(schedule.id, id ?? newRunId(clock.now(), random))
      } catch (error) {
        throw await withoutForeignRun(store, request.principal, error)
      }
      return runReply(context, request, started)
    },
  }
}

/** The schedule of a path. @throws `not_found` where there is none, or none that this user may change. */
async function mine(context: RouteContext, request: Request): Promise<Schedule> {
  const id = param(request, 'id', isId)
  const schedule = await context.store.schedules.get(id)
  if (schedule !== undefined && can(request.principal, 'schedule.control', schedule)) return schedule
  throw new MonofilError('not_found', `There is no schedule ${id}, or it is not yours.`)
}

/** Pausing needs nothing but the schedule; whatever makes it start other runs, or more, the right to start them. */
async function patchOf(
  context: RouteContext,
  inputs: InputCheck,
  asked: { readonly request: Request; readonly schedule: Schedule; readonly body: PatchSchedule },
): Promise<SchedulePatch> {
  const { input, at, budget, ...same } = asked.body
  const { principal } = asked.request
  const changes = Object.entries(asked.body).filter(([, value]) => value !== undefined)
  if (changes.some(([name, value]) => name !== 'status' || value !== 'paused')) {
    mayStart(principal, asked.schedule.workflow)
  }
  checkRoles(principal, same.roles)
  if (at !== undefined && (same.cron !== undefined || same.timezone !== undefined)) {
    throw new MonofilError('invalid_request', 'at: a schedule has a cron or a time, not both.', { field: 'at' })
  }
  const { workflow } = asked.schedule
  return {
    ...same,
    ...(at === undefined ? {} : { at: Date.parse(at) }),
    ...(budget === undefined ? {} : { budgetJson: budget === null ? null : JSON.stringify(budget) }),
    ...(input === undefined ? {} : { input: await checkedInput(context, inputs, { workflow, input }) }),
  }
}
