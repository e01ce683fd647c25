import { z } from 'zod'
import { SCHEDULE_MISSED, SCHEDULE_OVERLAPS } from '../schedules.ts'
import { id, json, label, time } from './primitives.ts'
import { budget } from './runs.ts'

/** A schedule's id is part of the ids and tags of its runs, so it is shorter than other ids. */
const scheduleId = id.refine((text) => text.length <= 100, 'the id of a schedule is at most 100 characters')
const cron = z.string().min(1).max(256)
const timezone = z.string().min(1).max(64)
/** 50 less the one that says whose run it is. */
const tags = z.array(label).max(49)

/** Body of `POST /v1/schedules`; exactly one of `cron` and `at`. */
export const newSchedule = z.strictObject({
  id: scheduleId.optional(),
  workflow: id,
  input: json.optional(),
  cron: cron.optional(),
  timezone: timezone.optional(),
  at: time.optional(),
  key: label.optional(),
  tags: tags.optional(),
  roles: z.array(label).max(50).optional(),
  budget: budget.optional(),
  overlap: z.enum([...SCHEDULE_OVERLAPS]).optional(),
  missed: z.enum([...SCHEDULE_MISSED]).optional(),
})

/** Body of `PATCH /v1/schedules/{id}`: what is left out stays. `cron` takes the place of `at`, and the other way. */
export const patchSchedule = z.strictObject({
  status: z.enum(['active', 'paused']).optional(),
  input: json.optional(),
  cron: cron.optional(),
  timezone: timezone.optional(),
  at: time.optional(),
  key: label.nullable().optional(),
  tags: tags.optional(),
  roles: z.array(label).max(50).optional(),
  budget: budget.nullable().optional(),
  overlap: z.enum([...SCHEDULE_OVERLAPS]).optional(),
  missed: z.enum([...SCHEDULE_MISSED]).optional(),
})

/** Body of `POST /v1/schedules/{id}/run`: with an `id`, the same call again answers that run. */
export const runSchedule = z.strictObject({ id: id.optional() })

export type NewSchedule = z.infer<typeof newSchedule>
export type PatchSchedule = z.infer<typeof patchSchedule>
