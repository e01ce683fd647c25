import { isReservedTopic, MonofilError, type NoticeAction, type Severity } from '@monofil/protocol'
import { type NewNotification, newNotification } from '@monofil/protocol/schemas'
import { findingsOf, safely } from '../runs/input.ts'
import type { NewNotice, NoticeTarget } from '../seams/notification-store.ts'
import type { Clock, Random } from '../seams/system.ts'
import { fillTexts, type NoticeTemplates } from './templates.ts'
import type { NoticeText } from './texts.ts'

/** What is sent, as `POST /v1/notifications` takes it, and to whom. */
export type Notification = Omit<NewNotification, 'to'>
export type NotificationTarget = NewNotification['to']

type Words = Pick<Notification, 'title' | 'message' | 'details' | 'template' | 'texts' | 'values'>

const MAX_DATA_BYTES = 64 * 1024
/** Of what users named have in one commit, in characters. */
const MAX_NAMED_CHARS = 8_000_000

/** What a body means. @throws `invalid_request` with the field. */
export function resolveNotice(
  body: NewNotification,
  sender: string,
  { clock, random, templates }: { readonly clock: Clock; readonly random: Random; readonly templates: NoticeTemplates },
): NewNotice {
  const to = targetOf(body.to)
  if (body.store === false && (body.sendAt !== undefined || body.ttlMs !== undefined)) {
    const field = body.sendAt === undefined ? 'ttlMs' : 'sendAt'
    throw mistake(field, 'what is not stored is sent now and to open tabs only')
  }
  const texts = textsOf(body, templates)
  if (texts === undefined) throw mistake('title', 'a title, a message, texts or a template is there')
  const content = contentOf(body)
  checkSize(to.users, texts, content.dataJson)
  const sendAt = body.sendAt === undefined ? null : Date.parse(body.sendAt)
  return {
    ...content,
    texts,
    id: body.id ?? newNoticeId(clock.now(), random),
    sender,
    to,
    sendAt: sendAt !== null && sendAt > clock.now() ? sendAt : null,
    ttlMs: body.ttlMs ?? null,
  }
}

function checkSize(users: readonly string[], texts: readonly NoticeText[], dataJson: string | null): void {
  const words = Math.max(...texts.map((text) => JSON.stringify(text).length))
  const most = Math.floor(MAX_NAMED_CHARS / (words + (dataJson?.length ?? 0)))
  if (users.length <= most) return
  const what = `to.users: with so much data a notification goes to at most ${most} users by name, since they have it at once`
  throw new MonofilError('too_large', `${what}. Send less data, or to a role.`, { field: 'to.users' })
}

/** The words of a body in every language it has; undefined where it has none. @throws `invalid_request` with the field. */
export function textsOf(body: Words, templates: NoticeTemplates): readonly NoticeText[] | undefined {
  const { title, message, details, template, texts, values = {} } = body
  const plain = title !== undefined || message !== undefined || details !== undefined
  const ways = [plain, template !== undefined, texts !== undefined].filter(Boolean).length
  if (ways > 1) throw mistake('texts', 'words are given once: as title and message, as texts, or by a template')
  if (texts !== undefined) return fillTexts(texts, values, 'texts')
  if (template !== undefined) {
    const known = Object.hasOwn(templates, template) ? templates[template] : undefined
    if (known === undefined) throw mistake('template', `there is no template ${template}`)
    return fillTexts(known, values, 'template')
  }
  if (!plain) return undefined
  if (title === undefined && message === undefined) throw mistake('title', 'a title or a message is there')
  return [{ language: '', title: title ?? null, message: message ?? null, details: details ?? null }]
}

/** @throws `invalid_request` as the route does. */
export function checkNotification(body: unknown): NewNotification {
  const result = safely(() => newNotification.safeParse(body))
  if (result.success) return result.data
  const findings = findingsOf(result.error)
  const first = findings[0] ?? { field: '', message: 'not well formed' }
  throw new MonofilError('invalid_request', `${first.field}: ${first.message}`, { field: first.field, findings })
}

function targetOf({ users = [], roles = [], topics = [], all = false, except = [] }: NotificationTarget): NoticeTarget {
  if (!all && users.length + roles.length + topics.length === 0) throw mistake('to', 'users, roles, topics or all')
  // Logs with a meaning have events of their own: one more in an inbox would make its counts wrong.
  const reserved = topics.findIndex((topic) => isReservedTopic(topic))
  if (reserved >= 0) throw mistake(`to.topics[${reserved}]`, 'a topic with a meaning of its own takes no notifications')
  return { users, roles, topics, all, except }
}

function contentOf({ severity = 'info', module, action, actions = [], link, data }: Notification) {
  const named = { module: module ?? null, action: action ?? null, link: link ?? null }
  return { ...severityOf(severity), ...named, actions: actions.map(buttonOf), dataJson: dataOf(data) }
}

export function buttonOf({ id, label, link }: NonNullable<Notification['actions']>[number]): NoticeAction {
  return link === undefined ? { id, label } : { id, label, link }
}

const WORDS = { low: 'info', medium: 'warning', high: 'error' } as const

export function severityOf(word: Severity | keyof typeof WORDS): { severity: Severity; severityAsSent: string | null } {
  if (word === 'low' || word === 'medium' || word === 'high') return { severity: WORDS[word], severityAsSent: word }
  return { severity: word, severityAsSent: null }
}

export function dataOf(data: unknown): string | null {
  if (data === undefined || data === null) return null
  const json = safely(() => JSON.stringify(data))
  if (Buffer.byteLength(json) <= MAX_DATA_BYTES) return json
  throw new MonofilError('too_large', `The data of a notification is at most ${MAX_DATA_BYTES} bytes.`, {
    field: 'data',
  })
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
}

/** Ids made later sort after, to the millisecond. */
function newNoticeId(nowMs: number, random: Random): string {
  const letters = Array.from({ length: 13 }, () => Math.floor(random() * 36).toString(36))
  return `n${nowMs.toString(36).padStart(9, '0')}${letters.join('')}`
}

function mistake(field: string, what: string): MonofilError {
  return new MonofilError('invalid_request', `${field}: ${what}`, { field })
}
