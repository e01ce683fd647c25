import { z } from 'zod'
import { DELIVERY_STATES, NOTICE_CHANNELS, NOTICE_STATUSES, SEVERITIES } from '../notifications.ts'

/* What the hub answers about notifications; as in `answers.ts`, a type test holds these and the types equal. */

const count = z.int().min(0)
const at = z.iso.datetime({ precision: 3 })
const maybeAt = at.nullable()
const claim = z.object({ by: z.string(), at }).nullable()
const quiet = z.enum(['muted', 'quiet_hours', 'digest']).nullable()

export const inboxItem = z.object({
  id: z.string(),
  offset: z.int().min(1).nullable(),
  title: z.string().nullable(),
  message: z.string().nullable(),
  details: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  severityAsSent: z.string().nullable(),
  module: z.string().nullable(),
  action: z.string().nullable(),
  actions: z.array(z.object({ id: z.string(), label: z.string(), link: z.string().exactOptional() })),
  link: z.string().nullable(),
  data: z.unknown(),
  sender: z.string(),
  via: z.enum(['user', 'role', 'all']),
  claim,
  claimable: z.boolean(),
  quiet,
  seenAt: maybeAt,
  readAt: maybeAt,
  archivedAt: maybeAt,
  createdAt: at,
  updatedAt: maybeAt,
  expiresAt: maybeAt,
})

export const inboxCounts = z.object({ unseen: count, unread: count, version: count })

const deliveryCounts = z.object({
  pending: count,
  sending: count,
  sent: count,
  inboxed: count,
  failed: count,
  skipped: count,
})
const channels = z.object({ live: deliveryCounts, push: deliveryCounts })

export const queuedNotice = z.object({
  id: z.string(),
  title: z.string().nullable(),
  message: z.string().nullable(),
  severity: z.enum(SEVERITIES),
  module: z.string().nullable(),
  sender: z.string(),
  to: z.object({
    users: z.array(z.string()),
    roles: z.array(z.string()),
    topics: z.array(z.string()),
    all: z.boolean(),
    except: z.array(z.string()),
  }),
  status: z.enum(NOTICE_STATUSES),
  ended: z.enum(['retracted', 'expired']).nullable(),
  recipients: count,
  deliveries: channels,
  attempts: count,
  lastError: z.string().nullable(),
  duplicates: count,
  claim,
  createdAt: at,
  sendAt: maybeAt,
  sentAt: maybeAt,
  expiresAt: maybeAt,
})

export const traceLine = z.object({
  user: z.string(),
  rule: z.string(),
  outcome: z.enum(['inbox', 'muted', 'hidden', 'removed']),
  quiet,
  live: z.object({ state: z.enum(DELIVERY_STATES), at: maybeAt }),
  push: z
    .object({ state: z.enum(DELIVERY_STATES), attempts: count, nextAt: maybeAt, lastError: z.string().nullable() })
    .nullable(),
  deliveredAt: at,
  seenAt: maybeAt,
  readAt: maybeAt,
})

export const noticeQueueStatus = z.object({
  pending: count,
  sending: count,
  sent: count,
  failed: count,
  oldestAgeMs: count.nullable(),
  channels,
})

export const preferencesView = z.object({
  language: z.string().nullable(),
  mute: z.array(
    z.object({
      module: z.string().exactOptional(),
      severity: z.enum(SEVERITIES).exactOptional(),
      channels: z.array(z.enum(NOTICE_CHANNELS)).exactOptional(),
    }),
  ),
  quietHours: z
    .object({ from: z.string(), to: z.string(), timezone: z.string(), days: z.array(z.int()).exactOptional() })
    .nullable(),
  digest: z.object({ after: count, windowMs: count }).nullable(),
})
