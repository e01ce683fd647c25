import { type InboxEvents, MonofilError, type NoticeAction, type Severity } from '@monofil/protocol'
import { type NewNotification, newNotification, type PatchNotification } from '@monofil/protocol/schemas'
import { findingsOf, safely } from '../runs/input.ts'
import type { Bus } from '../seams/bus.ts'
import type { NewNotice, NoticePatch, NoticeTarget } from '../seams/notification-store.ts'
import type { Store } from '../seams/store.ts'
import type { Clock, Random } from '../seams/system.ts'
import { checkTemplates, fillTexts, type NoticeTemplates } from './templates.ts'
import type { NoticeText } from './texts.ts'

/** Who holds roles, as the application's own directory knows it: for users who were not seen lately. */
export type Directory = (
  target: Pick<NoticeTarget, 'roles' | 'all'>,
) => AsyncIterable<readonly string[]> | Promise<readonly string[]>

export interface NotifierOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly random: Random
  /** Named texts, which `template` means; none when left out. */
  readonly templates?: NoticeTemplates | undefined
  readonly directory?: Directory | undefined
}

/** What is sent and to whom, as `POST /v1/notifications` takes it. */
export type Notification = Omit<NewNotification, 'to'>
export type NotificationTarget = NewNotification['to']

type Words = Pick<Notification, 'title' | 'message' | 'details' | 'template' | 'texts' | 'values'>

const DIRECTORY_PAGE = 500
const MAX_DATA_BYTES = 64 * 1024

/** Sends notifications for server code and for the hub's routes. */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #templates: NoticeTemplates

  /** @throws `invalid_request` for a template that cannot be read. */
  constructor(options: NotifierOptions) {
    this.#options = options
    this.#templates = options.templates ?? {}
    checkTemplates(this.#templates)
  }

  /**
   * Sends, and answers the id. One that was used answers it without sending again.
   * @throws `invalid_request` with the field, `id_taken` for another sender's id.
   */
  async sendNotification(notification: Notification, to: NotificationTarget, sender = 'monofil'): Promise<string> {
    return (await this.send(checked({ ...notification, to }), sender)).id
  }

  /** The same for a body that was checked. */
  async send(body: NewNotification, sender: string): Promise<{ readonly id: string; readonly created: boolean }> {
    const notice = this.noticeOf(body, sender)
    if (body.store === false) {
      this.#sendOpen(notice)
      return { id: notice.id, created: true }
    }
    const sent = await this.#options.store.notifications.send(notice)
    if (sent.created && notice.sendAt === null) await this.#spread(notice)
    return sent
  }

  /** What a body means. @throws `invalid_request` with the field. */
  noticeOf(body: NewNotification, sender: string): NewNotice {
    const { clock, random } = this.#options
    const to = targetOf(body.to)
    if (body.store === false && (body.sendAt !== undefined || body.ttlMs !== undefined)) {
      const field = body.sendAt === undefined ? 'ttlMs' : 'sendAt'
      throw mistake(field, 'what is not stored is sent now and to open tabs only')
    }
    const texts = this.#textsOf(body)
    if (texts === undefined) throw mistake('title', 'a title, a message, texts or a template is there')
    const sendAt = body.sendAt === undefined ? null : Date.parse(body.sendAt)
    return {
      ...contentOf(body),
      texts,
      id: body.id ?? newNoticeId(clock.now(), random),
      sender,
      to,
      sendAt: sendAt !== null && sendAt > clock.now() ? sendAt : null,
      ttlMs: body.ttlMs ?? null,
    }
  }

  /** What a PATCH means. @throws `invalid_request` with the field. */
  patchOf(body: PatchNotification): NoticePatch {
    const { severity, module, action, actions, link, ttlMs, sendAt, details } = body
    const texts = this.#textsOf({ ...body, details: details ?? undefined })
    return {
      ...(texts === undefined ? {} : { texts }),
      ...(severity === undefined ? {} : severityOf(severity)),
      ...given({ module, action, link, ttlMs }),
      ...(actions === undefined ? {} : { actions: actions.map(buttonOf) }),
      ...(body.data === undefined ? {} : { dataJson: dataOf(body.data) }),
      ...(sendAt === undefined ? {} : { sendAt: Date.parse(sendAt) }),
    }
  }

  #textsOf(body: Words): readonly NoticeText[] | undefined {
    const { title, message, details, template, texts, values = {} } = body
    const plain = title !== undefined || message !== undefined || details !== undefined
    const ways = [plain, template !== undefined, texts !== undefined].filter(Boolean).length
    if (ways > 1) throw mistake('texts', 'words are given once: as title and message, as texts, or by a template')
    if (texts !== undefined) return fillTexts(texts, values, 'texts')
    if (template !== undefined) {
      const known = Object.hasOwn(this.#templates, template) ? this.#templates[template] : undefined
      if (known === undefined) throw mistake('template', `there is no template ${template}`)
      return fillTexts(known, values, 'template')
    }
    if (!plain) return undefined
    if (title === undefined && message === undefined) throw mistake('title', 'a title or a message is there')
    return [{ language: '', title: title ?? null, message: message ?? null, details: details ?? null }]
  }

  /** Tabs that are open now have it, and nobody else. */
  #sendOpen(notice: NewNotice): void {
    const { bus, clock } = this.#options
    const at = new Date(clock.now()).toISOString()
    const { id, sender, severity, severityAsSent, module, action, actions, link, dataJson, to } = notice
    const [text] = notice.texts
    const data: InboxEvents['notification'] = {
      ...{ id, title: text?.title ?? null, message: text?.message ?? null, details: text?.details ?? null },
      ...{ severity, severityAsSent, module, action, actions, link, sender },
      data: dataJson === null ? null : JSON.parse(dataJson),
      via: to.all ? 'all' : to.roles.length > 0 ? 'role' : 'user',
      ...{ claim: null, claimable: false, quiet: null, seenAt: null, readAt: null, archivedAt: null },
      ...{ createdAt: at, updatedAt: null, expiresAt: null, counts: null },
    }
    const event = { type: 'notification', dataJson: JSON.stringify(data), at }
    const { users, roles, all, except } = to
    const inboxes = { ...event, topic: 'inbox', audience: { users, roles, all, except } }
    const reaches = all || users.length + roles.length > 0
    const topics = to.topics.map((topic) => ({ ...event, topic }))
    bus.publish({ kind: 'ephemeral', events: reaches ? [inboxes, ...topics] : topics })
  }

  async #spread({ id, to }: NewNotice): Promise<void> {
    const { directory, store } = this.#options
    if (directory === undefined || (!to.all && to.roles.length === 0)) return
    const named = directory({ roles: to.roles, all: to.all })
    const pages = named instanceof Promise ? [await named] : named
    for await (const subs of pages) {
      for (let i = 0; i < subs.length; i += DIRECTORY_PAGE) {
        await store.notifications.spreadTo(id, subs.slice(i, i + DIRECTORY_PAGE))
      }
    }
  }
}

/** @throws `invalid_request` as the route does. */
function checked(body: unknown): NewNotification {
  const result = safely(() => newNotification.safeParse(body))
  if (result.success) return result.data
  const findings = findingsOf(result.error)
  const first = findings[0] ?? { field: '', message: 'not well formed' }
  throw new MonofilError('invalid_request', `${first.field}: ${first.message}`, { field: first.field, findings })
}

function targetOf({ users = [], roles = [], topics = [], all = false, except = [] }: NotificationTarget): NoticeTarget {
  if (!all && users.length + roles.length + topics.length === 0) throw mistake('to', 'users, roles, topics or all')
  return { users, roles, topics, all, except }
}

function contentOf({ severity = 'info', module, action, actions = [], link, data }: Notification) {
  const named = { module: module ?? null, action: action ?? null, link: link ?? null }
  return { ...severityOf(severity), ...named, actions: actions.map(buttonOf), dataJson: dataOf(data) }
}

function buttonOf({ id, label, link }: NonNullable<Notification['actions']>[number]): NoticeAction {
  return link === undefined ? { id, label } : { id, label, link }
}

const WORDS = { low: 'info', medium: 'warning', high: 'error' } as const

function severityOf(word: Severity | keyof typeof WORDS): { severity: Severity; severityAsSent: string | null } {
  if (word === 'low' || word === 'medium' || word === 'high') return { severity: WORDS[word], severityAsSent: word }
  return { severity: word, severityAsSent: null }
}

function dataOf(data: unknown): string | null {
  if (data === undefined || data === null) return null
  const json = safely(() => JSON.stringify(data))
  if (Buffer.byteLength(json) <= MAX_DATA_BYTES) return json
  throw new MonofilError('too_large', `The data of a notification is at most ${MAX_DATA_BYTES} bytes.`, {
    field: 'data',
  })
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
}

/** Ids made later sort after, to the millisecond. */
export function newNoticeId(nowMs: number, random: Random): string {
  const letters = Array.from({ length: 13 }, () => Math.floor(random() * 36).toString(36))
  return `n${nowMs.toString(36).padStart(9, '0')}${letters.join('')}`
}

function mistake(field: string, what: string): MonofilError {
  return new MonofilError('invalid_request', `${field}: ${what}`, { field })
}
