import type { InboxEvents } from '@monofil/protocol'
import type { NewNotification, PatchNotification } from '@monofil/protocol/schemas'
import type { Bus } from '../seams/bus.ts'
import type { NewNotice, NoticePatch, NoticeTarget } from '../seams/notification-store.ts'
import type { Store } from '../seams/store.ts'
import type { Clock, Logger, Random } from '../seams/system.ts'
import {
  buttonOf,
  checkNotification,
  dataOf,
  given,
  type Notification,
  type NotificationTarget,
  resolveNotice,
  severityOf,
  textsOf,
} from './resolve.ts'
import { checkTemplates, type NoticeTemplates } from './templates.ts'

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
  /** Is told of a directory that fails; nobody when left out. */
  readonly logger?: Logger | undefined
}

const DIRECTORY_PAGE = 500

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
    return (await this.send(checkNotification({ ...notification, to }), sender)).id
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
    return resolveNotice(body, sender, { ...this.#options, templates: this.#templates })
  }

  /** What a PATCH means. @throws `invalid_request` with the field. */
  patchOf(body: PatchNotification): NoticePatch {
    const { severity, module, action, actions, link, ttlMs, sendAt, details } = body
    const texts = textsOf({ ...body, details: details ?? undefined }, this.#templates)
    return {
      ...(texts === undefined ? {} : { texts }),
      ...(severity === undefined ? {} : severityOf(severity)),
      ...given({ module, action, link, ttlMs }),
      ...(actions === undefined ? {} : { actions: actions.map(buttonOf) }),
      ...(body.data === undefined ? {} : { dataJson: dataOf(body.data) }),
      ...(sendAt === undefined ? {} : { sendAt: Date.parse(sendAt) }),
    }
  }

  /** Tabs that are open now have it, as far as their user's preferences let it through, and nobody else. */
  #sendOpen(notice: NewNotice): void {
    const { bus, clock } = this.#options
    const at = new Date(clock.now()).toISOString()
    const { id, sender, severity, severityAsSent, module, action, actions, link, dataJson, to } = notice
    const [text] = notice.texts
    const data: InboxEvents['notification'] = {
      ...{
        id,
        offset: null,
        title: text?.title ?? null,
        message: text?.message ?? null,
        details: text?.details ?? null,
      },
      ...{ severity, severityAsSent, module, action, actions, link, sender },
      data: dataJson === null ? null : JSON.parse(dataJson),
      via: to.all ? 'all' : to.roles.length > 0 ? 'role' : 'user',
      ...{ claim: null, claimable: false, quiet: null, seenAt: null, readAt: null, archivedAt: null },
      ...{ createdAt: at, updatedAt: null, expiresAt: null, counts: null },
    }
    const event = { type: 'notification', dataJson: JSON.stringify(data), at }
    const { users, roles, all, except } = to
    const inboxes = { ...event, topic: 'inbox', audience: { users, roles, all, except }, texts: notice.texts }
    const reaches = all || users.length + roles.length > 0
    const topics = to.topics.map((topic) => ({ ...event, topic }))
    bus.publish({ kind: 'ephemeral', events: reaches ? [inboxes, ...topics] : topics })
  }

  /** Never rejects: it was sent, and a sender who tried again would send nothing. */
  async #spread(notice: NewNotice): Promise<void> {
    const { directory, logger } = this.#options
    if (directory === undefined || (!notice.to.all && notice.to.roles.length === 0)) return
    try {
      await this.#spreadBy(directory, notice)
    } catch (error) {
      const { id } = notice
      logger?.warn('the directory of users failed: those whom it names have it with their next request', { id, error })
    }
  }

  async #spreadBy(directory: Directory, { id, to }: NewNotice): Promise<void> {
    const { store } = this.#options
    const named = directory({ roles: to.roles, all: to.all })
    const pages = named instanceof Promise ? [await named] : named
    for await (const subs of pages) {
      for (let i = 0; i < subs.length; i += DIRECTORY_PAGE) {
        await store.notifications.spreadTo(id, subs.slice(i, i + DIRECTORY_PAGE))
      }
    }
  }
}
