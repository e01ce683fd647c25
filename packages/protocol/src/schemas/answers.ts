import { z } from 'zod'
import { type ErrorCode, STATUS } from '../errors.ts'
import { ITEM_STATUSES, LOG_LEVELS, RUN_ACTIONS, RUN_STATUSES } from '../runs.ts'
import { SCHEDULE_MISSED, SCHEDULE_OVERLAPS, SCHEDULE_STATUSES } from '../schedules.ts'

/*
 * What the hub answers, for its OpenAPI document and for tests. The wire's types are written by hand beside this
 * (`runs.ts`, `schedules.ts`, …), where they carry their meaning; a type test holds the two equal. Readers ignore
 * fields they do not know, so none of these is strict.
 */

const count = z.int().min(0)
const at = z.iso.datetime({ precision: 3 })
const maybeAt = at.nullable()

export const counts = z.object({
  queued: count,
  running: count,
  retrying: count,
  completed: count,
  failed: count,
  cancelled: count,
  total: count,
})

export const waiting = z.object({
  reason: z.enum(['limit', 'paused', 'backoff', 'dependency', 'worker', 'approval', 'signal']),
  until: maybeAt,
  limit: z.string().nullable(),
})

export const failure = z.object({ code: z.string(), message: z.string() })

export const usageView = z.object({
  tokens: count.exactOptional(),
  cost: z.string().exactOptional(),
  currency: z.string().exactOptional(),
})

export const budgetView = z.object({
  tokens: count.exactOptional(),
  cost: z.string().exactOptional(),
  items: count.exactOptional(),
  timeMs: count.exactOptional(),
})

export const step = z.object({
  name: z.string(),
  status: z.enum(RUN_STATUSES),
  weight: z.number(),
  counts,
  skipped: count,
  signal: z.object({ kind: z.enum(['approval', 'signal']), roles: z.array(z.string()) }).nullable(),
  after: z.array(z.string()),
  each: z.string().nullable(),
  startedAt: maybeAt,
  finishedAt: maybeAt,
  waiting: waiting.nullable(),
})

export const run = z.object({
  id: z.string(),
  workflow: z.string(),
  external: z.boolean(),
  status: z.enum(RUN_STATUSES),
  round: z.int().min(1),
  progress: z.number().min(0).max(100),
  progressKnown: z.boolean(),
  counts,
  totalIsFinal: z.boolean(),
  steps: z.array(step),
  waiting: waiting.nullable(),
  wanted: z.enum(['run', 'pause', 'cancel']),
  controls: z.array(z.enum(RUN_ACTIONS)),
  input: z.unknown(),
  result: z.unknown(),
  error: failure.nullable(),
  tags: z.array(z.string()),
  owner: z.string(),
  roles: z.array(z.string()),
  key: z.string().nullable(),
  usage: usageView,
  budget: budgetView.nullable(),
  eta: z.object({ lowMs: count, highMs: count }).nullable(),
  parentId: z.string().nullable(),
  createdAt: at,
  startedAt: maybeAt,
  finishedAt: maybeAt,
  lastSeenAt: maybeAt,
  stalledSince: maybeAt,
  epoch: z.string(),
  offset: count,
  href: z.string(),
})

export const item = z.object({
  id: z.string(),
  runId: z.string(),
  step: z.string(),
  index: z.int(),
  status: z.enum(ITEM_STATUSES),
  attempts: count,
  skipped: z.boolean(),
  input: z.unknown(),
  result: z.unknown(),
  error: failure.nullable(),
  usage: usageView,
  startedAt: maybeAt,
  finishedAt: maybeAt,
  waiting: waiting.nullable(),
  offset: count,
})

export const logLine = z.object({
  level: z.enum(LOG_LEVELS),
  message: z.string(),
  data: z.unknown().exactOptional(),
  step: z.string().nullable(),
  item: z.string().nullable(),
  at,
  offset: count.nullable().exactOptional(),
})

export const failureGroup = z.object({
  message: z.string(),
  code: z.string(),
  step: z.string(),
  count: z.int().min(1),
  items: z.array(z.string()),
})

export const schedule = z.object({
  id: z.string(),
  workflow: z.string(),
  input: z.unknown(),
  cron: z.string().nullable(),
  timezone: z.string().nullable(),
  at: maybeAt,
  key: z.string().nullable(),
  tags: z.array(z.string()),
  roles: z.array(z.string()),
  budget: budgetView.nullable(),
  overlap: z.enum(SCHEDULE_OVERLAPS),
  missed: z.enum(SCHEDULE_MISSED),
  status: z.enum(SCHEDULE_STATUSES),
  nextAt: maybeAt,
  lastAt: maybeAt,
  lastRunId: z.string().nullable(),
  lastProblem: z.object({ code: z.string(), message: z.string(), at }).nullable(),
  owner: z.string(),
  createdAt: at,
  upcoming: z.array(at),
})

const codes = Object.keys(STATUS) as [ErrorCode, ...ErrorCode[]]

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(codes),
  detail: z.string(),
  field: z.string().optional(),
  state: z.string().optional(),
  runId: z.string().optional(),
  retryAfterMs: count.optional(),
  findings: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
})

export const envelope = z.object({
  topic: z.string(),
  epoch: z.string().nullable(),
  offset: z.int().min(1).nullable(),
  type: z.string(),
  data: z.unknown(),
  at,
})

export const gap = z.object({
  topic: z.string(),
  epoch: z.string(),
  from: count.nullable(),
  to: count.nullable(),
  reason: z.enum(['retention', 'epoch', 'unknown_cursor']),
})

export const patchAnswer = z.object({
  seq: z.int().min(1),
  topics: z.array(
    z.object({
      topic: z.string(),
      epoch: z.string().nullable(),
      offset: count.nullable(),
      recovered: z.boolean().nullable(),
    }),
  ),
  denied: z.array(z.object({ topic: z.string(), code: z.enum(codes) })),
  expiresAt: maybeAt,
})

export const reportAnswer = z.object({
  id: z.string(),
  applied: z.boolean(),
  reason: z.enum(['duplicate', 'stale', 'items_open']).exactOptional(),
})

export const activeRun = z.object({
  workflow: z.string(),
  key: z.string().nullable(),
  runId: z.string().nullable(),
  since: at,
})

export const revocation = z.object({
  id: z.string(),
  sub: z.string().nullable(),
  jti: z.string().nullable(),
  role: z.string().nullable(),
  before: at,
  until: at,
  by: z.string(),
  createdAt: at,
})

export const session = z.object({
  user: z.string(),
  roles: z.array(z.string()),
  topics: z.array(z.string()),
  publish: z.array(z.string()),
  isOperator: z.boolean(),
  expiresAt: maybeAt,
  mode: z.enum(['development', 'token', 'cookie', 'application']),
})

export const ticket = z.object({ ticket: z.string(), expiresAt: at })
