import { Agent } from 'node:https'
import type { PushLease } from '../seams/notification-store.ts'
import type { BrowserSubscription, PushBrowsers, PushResult, PushSender } from '../seams/push-sender.ts'
import type { PushAddress, VapidKeys } from '../seams/push-store.ts'
import type { Store } from '../seams/store.ts'
import { type Clock, systemClock } from '../seams/system.ts'
import { type Delivered, type DeliverOptions, deliver } from './deliver.ts'
import { checkSubscription, type EndpointRules, PUSH_SERVICES } from './endpoint.ts'
import { pushHeaders, pushMessage } from './message.ts'
import { checkVapidKeys, checkVapidSubject } from './vapid.ts'

/** How pushes are sent. Times are ms. */
export interface WebPushOptions {
  readonly store: Pick<Store, 'pushes' | 'notifications'>
  /** Where push services reach who runs this hub: `mailto:` or `https:`. */
  readonly subject: string
  /** Left out: a pair that the store makes and keeps. With another pair browsers subscribe again at their next visit. */
  readonly keys?: VapidKeys | undefined
  /** Of the connections to push services; left out: one that keeps them open. */
  readonly agent?: Agent | undefined
  /** For one push service's answer; 10 s. */
  readonly timeoutMs?: number | undefined
  /** What a push service keeps for a browser that is off; 7 days. */
  readonly ttlMs?: number | undefined
  /** Browsers of one user; the longest unseen go. 20. */
  readonly maxBrowsers?: number | undefined
  /** Hosts that browsers may name: `host`, `host:port`, `*.name`; `PUSH_SERVICES`. */
  readonly services?: readonly string[] | undefined
  /** Also addresses of this machine and of private networks, for tests; false. */
  readonly allowPrivate?: boolean | undefined
  /** As the store has it (`notices.pushAttempts`); 3. */
  readonly attempts?: number | undefined
  readonly clock?: Clock | undefined
}

/** Sends by Web Push, and takes subscriptions of browsers. */
export interface WebPushSender extends PushSender {
  readonly browsers: PushBrowsers
}

const DAY_MS = 86_400_000
/** Pushes of which some browsers have theirs and others are tried again. */
const MAX_PARTS = 10_000

/**
 * A sender for `serve({ push })`; the store must be opened with `notices: { push: true }`.
 * @throws `invalid_request` for keys or a subject that push services would refuse; `store_unavailable`.
 */
export async function webPushSender(options: WebPushOptions): Promise<WebPushSender> {
  checkVapidSubject(options.subject)
  const keys = options.keys ?? (await options.store.pushes.keys())
  checkVapidKeys(keys)
  return new Sender(options, keys)
}

class Sender implements WebPushSender {
  readonly browsers: PushBrowsers
  readonly #options: WebPushOptions
  readonly #keys: VapidKeys
  readonly #deliver: DeliverOptions
  readonly #clock: Clock
  /** Endpoints that have a push already, by its id: they do not get it again with the others' retry. */
  readonly #parts = new Map<number, Set<string>>()

  constructor(options: WebPushOptions, keys: VapidKeys) {
    const { subject, services = PUSH_SERVICES, allowPrivate = false, timeoutMs = 10_000 } = options
    const agent = options.agent ?? new Agent({ keepAlive: true, maxSockets: 20, scheduling: 'lifo' })
    this.#options = options
    this.#keys = keys
    this.#clock = options.clock ?? systemClock
    this.#deliver = { vapid: { ...keys, subject }, agent, timeoutMs, allowPrivate }
    const rules = { services, allowPrivate }
    const { pushes } = options.store
    this.browsers = {
      publicKey: keys.publicKey,
      subscribe: (sub, subscription) => this.#subscribe(sub, subscription, rules),
      unsubscribe: (sub, endpoint) => pushes.remove(sub, URL.parse(endpoint)?.href ?? endpoint),
    }
  }

  async send(push: PushLease): Promise<PushResult> {
    const { sub, item, attempt, id } = push
    const addresses = await this.#addressesOf(sub)
    if (addresses.length === 0) return { kind: 'skipped' }
    const { ttlMs = 7 * DAY_MS, store, attempts = 3 } = this.#options
    const message = pushMessage(item, await store.notifications.counts(sub))
    const headers = pushHeaders(item, { now: this.#clock.now(), maxTtlMs: ttlMs })
    const have = (attempt > 1 ? this.#parts.get(id) : undefined) ?? new Set()
    const missing = addresses.filter(({ endpoint }) => !have.has(endpoint))
    const answers = await Promise.all(missing.map((address) => deliver(address, { message, headers }, this.#deliver)))
    for (const [i, { endpoint }] of missing.entries()) {
      if (answers[i]?.kind === 'sent') have.add(endpoint)
      if (answers[i]?.kind === 'gone') await store.pushes.remove(sub, endpoint)
    }
    const result = resultOf(answers, { someHave: have.size > 0, isLast: attempt >= attempts })
    this.#remember(id, result.kind === 'retry' ? have : undefined)
    return result
  }

  async #subscribe(sub: string, subscription: BrowserSubscription, rules: EndpointRules): Promise<void> {
    const endpoint = checkSubscription(subscription, rules)
    const address = { endpoint, ...subscription.keys, vapidKey: this.#keys.publicKey }
    await this.#options.store.pushes.add(sub, address, this.#options.maxBrowsers ?? 20)
  }

  /** What subscribed with other keys is refused for ever (403), and forgotten: the page subscribes it again. */
  async #addressesOf(sub: string): Promise<readonly PushAddress[]> {
    const { pushes } = this.#options.store
    const all = await pushes.of(sub)
    const isOurs = ({ vapidKey }: PushAddress) => vapidKey === this.#keys.publicKey
    for (const address of all) if (!isOurs(address)) await pushes.remove(sub, address.endpoint)
    return all.filter(isOurs)
  }

  #remember(id: number, have: Set<string> | undefined): void {
    this.#parts.delete(id)
    if (have === undefined || have.size === 0) return
    const [oldest] = this.#parts.keys()
    if (this.#parts.size >= MAX_PARTS && oldest !== undefined) this.#parts.delete(oldest)
    this.#parts.set(id, have)
  }
}

/** One word for all browsers of a user: as long as one may still get it, it is tried again; one that has it is enough. */
function resultOf(
  answers: readonly Delivered[],
  { someHave, isLast }: { readonly someHave: boolean; readonly isLast: boolean },
): PushResult {
  const retries = answers.filter((answer) => answer.kind === 'retry')
  const [retry] = retries
  if (retry !== undefined && !(someHave && isLast)) {
    const waits = retries.flatMap(({ afterMs }) => afterMs ?? [])
    return { kind: 'retry', error: retry.error, afterMs: waits.length === 0 ? undefined : Math.max(...waits) }
  }
  if (someHave) return { kind: 'sent' }
  return answers.find((answer) => answer.kind === 'failed') ?? { kind: 'skipped' }
}
