import { z } from 'zod'
import { ITEM_STATUSES, RUN_STATUSES } from '../runs.ts'
import { durationMs, id, json, label, money, time } from './primitives.ts'

export const budget = z.strictObject({
  tokens: z.int().min(0).optional(),
  cost: money.optional(),
  items: z.int().min(0).optional(),
  timeMs: durationMs.optional(),
})

/** Body of `POST /v1/runs`. */
export const newRun = z.strictObject({
  id: id.optional(),
  workflow: id,
  input: json.optional(),
  external: z.boolean().optional(),
  exclusive: z.boolean().optional(),
  steps: z
    .array(z.strictObject({ name: id, weight: z.number().positive().optional(), total: z.int().min(0).optional() }))
    .max(100)
    .optional(),
  total: z.int().min(0).optional(),
  heartbeatMs: z.int().min(1000).max(86_400_000).optional(),
  tags: z.array(label).max(50).optional(),
  roles: z.array(label).max(50).optional(),
  key: label.optional(),
  budget: budget.optional(),
  sample: z.int().min(1).max(1_000_000).optional(),
})

/** Body of `PATCH /v1/runs/{id}`. */
export const patchRun = z.strictObject({
  budget: budget.nullable().optional(),
  tags: z.array(label).max(50).optional(),
})

/** Body of `POST /v1/runs/{id}/pause`; none is the same as `{}`. */
export const pauseRun = z.strictObject({ hard: z.boolean().optional() })

/** Body of `resume` and `cancel` (whose `force` is in the query). */
export const noBody = z.strictObject({})

/** Names a group of failures as `GET /v1/runs/{id}/failures` does. */
const failureRef = z.strictObject({
  step: id,
  code: z.string().max(1000),
  message: z.string().max(10_000),
})

/** Body of `POST /v1/runs/{id}/retry`: ids of items, or groups of failures; without, all that failed or was cancelled. */
export const retryRun = z
  .strictObject({
    items: z.array(id).min(1).max(1000).optional(),
    failures: z.array(failureRef).min(1).max(100).optional(),
  })
  .refine(({ items, failures }) => items === undefined || failures === undefined, {
    message: 'items and failures exclude each other: name one of them',
  })

/** Body of `POST /v1/runs/{id}/rerun`. */
export const rerunRun = z.strictObject({ id: id.optional() })

/** Body of `POST /v1/runs/{id}/signals`. */
export const runSignal = z.strictObject({
  step: id,
  item: id.optional(),
  approve: z.boolean().optional(),
  note: z.string().min(1).max(2000).optional(),
  data: json.optional(),
})

const oneOrMore = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1).max(10)])

/** Body of `POST /v1/runs/control`. */
export const controlRuns = z.strictObject({
  action: z.enum(['pause', 'resume', 'cancel', 'retry', 'delete']),
  filter: z
    .strictObject({
      status: oneOrMore(z.enum([...RUN_STATUSES])).optional(),
      workflow: id.optional(),
      tag: label.optional(),
      owner: z.string().min(1).max(255).optional(),
      key: label.optional(),
      q: z.string().min(1).max(256).optional(),
      since: time.optional(),
      until: time.optional(),
    })
    .refine((filter) => Object.values(filter).some((value) => value !== undefined), {
      message: 'an empty filter would take every run: name at least one thing',
    }),
  dryRun: z.boolean().optional(),
  hard: z.boolean().optional(),
  force: z.boolean().optional(),
  cursor: z.string().min(1).max(1024).optional(),
})

export const usage = z.strictObject({
  tokens: z.int().min(0).optional(),
  cost: money.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'an ISO 4217 code')
    .optional(),
  model: label.optional(),
})

export const report = z.strictObject({
  id,
  step: id.optional(),
  item: id.optional(),
  attempt: z.int().min(1).optional(),
  status: z.enum([...new Set([...RUN_STATUSES, ...ITEM_STATUSES])]).optional(),
  total: z.int().min(0).optional(),
  result: json.optional(),
  error: z.union([z.string(), z.strictObject({ code: label.optional(), message: z.string() })]).optional(),
  usage: usage.optional(),
  log: z
    .union([
      z.string(),
      z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']), message: z.string(), data: json.optional() }),
    ])
    .optional(),
  text: z
    .strictObject({ name: label, position: z.int().min(0), text: z.string(), done: z.boolean().optional() })
    .optional(),
  at: time.optional(),
})

/** Body of `POST /v1/runs/{id}/reports`. */
export const reports = z.strictObject({ reports: z.array(report).min(1).max(1000) })

export type NewRun = z.infer<typeof newRun>
export type ControlRuns = z.infer<typeof controlRuns>
export type PatchRun = z.infer<typeof patchRun>
export type ReportInput = z.infer<typeof report>
