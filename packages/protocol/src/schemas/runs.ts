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
})

/** Body of `PATCH /v1/runs/{id}`. */
export const patchRun = z.strictObject({
  budget: budget.nullable().optional(),
  tags: z.array(label).max(50).optional(),
})

export const usage = z.strictObject({
  tokens: z.int().min(0).optional(),
  cost: money.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'an ISO 4217 code')
    .optional(),
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
export type PatchRun = z.infer<typeof patchRun>
export type ReportInput = z.infer<typeof report>
