import { z } from 'zod'
import { isLabel, isSub } from '../ids.ts'
import { INBOX_MARKS, NOTICE_CHANNELS, SEVERITIES } from '../notifications.ts'
import { durationMs, id, json, label, time, topic } from './primitives.ts'

const sub = z
  .string()
  .refine(isSub, 'a user is 1 to 255 printable characters')
  .meta({ minLength: 1, maxLength: 255, description: 'Printable characters.' })
const title = z.string().min(1).max(500)
const message = z.string().min(1).max(4_000)
const details = z.string().min(1).max(20_000)

/** A link that a page may follow: a path of its own, or http(s). Never a script. */
const link = z
  .string()
  .min(1)
  .max(2_000)
  .regex(/^(?:https?:\/\/[^/\\\s]|\/(?![/\\])|[?#])[^\p{Cc}]*$/u, 'a path, or an http or https address')

const action = z.strictObject({ id: label, label: z.string().min(1).max(100), link: link.optional() })

/** Whom a notification is for: the union of these, less `except`. */
export const noticeTarget = z.strictObject({
  users: z.array(sub).max(1_000).optional(),
  roles: z.array(label).max(50).optional(),
  topics: z.array(topic).max(50).optional(),
  all: z.boolean().optional(),
  except: z.array(sub).max(1_000).optional(),
})

/** Words in one language, with variables and plurals as in ICU MessageFormat. */
const words = z.strictObject({
  title: title.optional(),
  message: message.optional(),
  details: details.optional(),
})

const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language such as en or fr-CA')
const values = z.record(z.string().refine(isLabel), z.union([z.string().max(4_000), z.number(), z.boolean()]))

const content = {
  title: title.optional(),
  message: message.optional(),
  details: details.optional(),
  template: id.optional(),
  texts: z.record(language, words).optional(),
  values: values.optional(),
  severity: z.enum([...SEVERITIES, 'low', 'medium', 'high']).optional(),
  module: label.optional(),
  action: label.optional(),
  actions: z.array(action).max(10).optional(),
  link: link.optional(),
  data: json.optional(),
} as const

/** Body of `POST /v1/notifications`; a title, a message, texts or a template is there. */
export const newNotification = z.strictObject({
  id: id.optional(),
  to: noticeTarget,
  ...content,
  ttlMs: durationMs.min(1).max(31_536_000_000).optional(),
  sendAt: time.optional(),
  store: z.boolean().optional(),
})

/** Body of `PATCH /v1/notifications/{id}`: what is left out stays; null takes away. */
export const patchNotification = z.strictObject({
  ...content,
  details: details.nullable().optional(),
  module: label.nullable().optional(),
  action: label.nullable().optional(),
  link: link.nullable().optional(),
  ttlMs: durationMs.min(1).max(31_536_000_000).nullable().optional(),
  sendAt: time.optional(),
})

const ids = z.array(id).min(1).max(1_000)

/** Body of `POST /v1/inbox/mark`. */
export const markInbox = z.strictObject({ ids, state: z.enum(INBOX_MARKS) })

/** Body of `POST /v1/inbox/read-all`: `read` when left out. */
export const markAll = z.strictObject({ state: z.enum(['seen', 'read', 'archived']).optional() })

/** Body of `POST /v1/inbox/receipts`. */
export const receipts = z.strictObject({ ids })

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 22:00')
const timezone = z.string().refine(isZone, 'a time zone such as Europe/Paris')

/** Body of `PUT /v1/preferences`: what is left out is as at the beginning. */
export const preferences = z.strictObject({
  language: language.nullable().optional(),
  mute: z
    .array(
      z
        .strictObject({
          module: label.optional(),
          severity: z.enum(SEVERITIES).optional(),
          channels: z.array(z.enum(NOTICE_CHANNELS)).min(1).max(3).optional(),
        })
        .refine((one) => one.module !== undefined || one.severity !== undefined, 'names a module, a severity, or both'),
    )
    .max(100)
    .optional(),
  quietHours: z
    .strictObject({
      from: timeOfDay,
      to: timeOfDay,
      timezone,
      days: z.array(z.int().min(0).max(6)).min(1).max(7).optional(),
    })
    .refine(({ from, to }) => from !== to, 'begin and end at different times')
    .nullable()
    .optional(),
  digest: z
    .strictObject({ after: z.int().min(1).max(1_000), windowMs: z.int().min(1_000).max(86_400_000) })
    .nullable()
    .optional(),
})

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export type NewNotification = z.infer<typeof newNotification>
export type PatchNotification = z.infer<typeof patchNotification>
