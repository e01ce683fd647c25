import { MonofilError } from '@monofil/protocol'
import { Alarm, systemClock } from './alarm.ts'
import type { Api } from './api.ts'
import { createApi } from './calls.ts'
import { CursorMemory } from './cursor-memory.ts'
import { developmentHook } from './development/hook.ts'
import { Info } from './info.ts'
import type { ListenerHooks } from './listener.ts'
import type { Notes, Recorder } from './notes.ts'
import type { ClientOptions, Logger } from './options.ts'
import { OwnRoute } from './own-route.ts'
import type { Route, RouteOwner } from './route.ts'
import { Sender } from './sender.ts'
import { Topics } from './topics.ts'
import { onPage } from './triggers.ts'
import type { SubscribeOptions } from './types.ts'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** Makes the route of a core; `marker` is the name of the stream it may open. */
export type MakeRoute = (owner: RouteOwner, marker: string) => Route

const ownRoute: MakeRoute = (owner, marker) => new OwnRoute(owner, () => marker)

/** What a tab has once per hub: the topics, the timer, the way to the stream. Clients are doors to it. */
export class Core {
  readonly url: string
  readonly api: Api
  readonly topics: Topics
  readonly route: Route
  readonly info: Info
  readonly alarm: Alarm
  readonly tally = { tries: 0, connects: 0 }
  readonly #sender: Sender
  readonly #memory: CursorMemory | null
  #unwatchPage: (() => void) | null = null
  #options: ClientOptions
  /** Asked for by `connect()`, whether or not anything is subscribed to. */
  #pinned = false
  /** Held back by `disconnect()` or `logout()`. */
  #held = false
  /** Signed out: another credential ends that. */
  #out = false
  /** The page is frozen, or kept for the way back: it must hold nothing. */
  #away = false
  #closed = false
  #scheduled = false

  constructor(url: string, options: ClientOptions, makeRoute: MakeRoute = ownRoute) {
    this.url = url
    this.#options = options
    const random = options.random ?? Math.random
    const marker = options.marker ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`
    this.alarm = new Alarm(
      options.clock ?? systemClock,
      () => this.#tick(),
      (what, due) => this.recorder?.note('timer', { what, due }),
    )
    this.#sender = new Sender(url, options, {
      onPush: () => this.#renew(),
      onOtherUser: () => this.#switchUser(),
    })
    this.api = createApi(this.#sender.send.bind(this.#sender))
    this.#memory = options.resume === true ? CursorMemory.ofPage(url) : null
    this.topics = this.#makeTopics()
    this.route = makeRoute(this.#routeOwner(random), marker)
    this.info = new Info(() => this.route.info())
  }

  get logger(): Logger {
    return this.#options.logger ?? developmentHook()?.logger ?? silent
  }

  /** The application's own. */
  get ownRecorder(): Recorder | undefined {
    return this.#options.recorder
  }

  get recorder(): Recorder | undefined {
    return developmentHook()?.recorderOf(this) ?? this.#options.recorder
  }

  get #wanted(): boolean {
    return !this.#held && !this.#away && (this.#pinned || this.topics.wanted)
  }

  /** Newer options of the same tab count from now on; another credential renews the stream. */
  adopt(options: ClientOptions): void {
    // What is not said stays: a second client without a token must not make the tab anonymous.
    const said = Object.entries(options).filter(([, value]) => value !== undefined)
    this.#options = { ...this.#options, ...Object.fromEntries(said) }
    this.#sender.adopt(this.#options)
  }

  subscribe(topic: string, options: SubscribeOptions, hooks?: ListenerHooks): () => void {
    if (!this.#wanted) this.#note('subscribe')
    return this.topics.join(topic, options, hooks)
  }

  connect(force = false): void {
    this.#note('connect', { force })
    this.#pinned = true
    this.#held = this.#out = false
    if (force) this.route.force()
    this.schedule()
  }

  reconnect(reason: string): void {
    this.#note('reconnect', { reason })
    this.logger.debug('monofil reconnect', { reason, marker: this.route.info().marker })
    this.#held = this.#out = false
    this.route.restart()
    this.schedule()
  }

  disconnect(): void {
    this.#note('disconnect')
    this.#pinned = false
    this.#held = true
    this.route.stop()
    this.alarm.clear()
  }

  logout(): void {
    this.#note('logout')
    this.route.logout()
  }

  close(): void {
    if (this.#closed) return
    this.#note('close')
    this.#closed = true
    this.#pinned = false
    this.#held = true
    this.#watchPage(false)
    this.route.close()
    this.#sender.close()
    this.alarm.clear()
  }

  /** A client that nobody uses leaves nothing on the page, so that one that is only dropped can be collected. */
  #watchPage(needed: boolean): void {
    if (needed === (this.#unwatchPage !== null)) return
    this.#unwatchPage?.()
    this.#unwatchPage = needed
      ? onPage({
          back: () => this.route.nudge(),
          leave: () => this.#leave(),
          hide: () => this.#memory?.save(this.topics.entries()),
          enter: () => this.#enter(),
        })
      : null
  }

  /** Looks once, at the end of this turn, at what is wanted and what is there. */
  schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#sync()
    })
  }

  /** How the stream does, as views show it. */
  health(): { readonly open: boolean; readonly error: MonofilError | null } {
    const { status, lastError } = this.route.info()
    return { open: status === 'open', error: status === 'failed' ? lastError : null }
  }

  #sync(): void {
    const left = this.topics.expire(this.alarm.now()) || this.#pinned
    if (this.#closed) return
    this.#watchPage(left || this.#away)
    this.route.sync(this.#wanted, !this.#held && !this.#away && left)
    this.#setAlarm()
  }

  #tick(): void {
    this.route.tick()
    this.#sync()
  }

  #setAlarm(): void {
    if (this.#closed) return
    const times = [this.route.deadline(), this.topics.deadline()].filter((at) => at !== null)
    this.alarm.set(times.length > 0 ? Math.min(...times) : null)
  }

  #renew(): void {
    if (this.#out) this.#held = this.#out = false
    this.route.renew()
    this.schedule()
  }

  #switchUser(): void {
    this.#memory?.clear()
    this.topics.forget()
    this.route.switchUser()
    this.schedule()
  }

  #leave(): void {
    this.#note('leave')
    this.#away = true
    this.#memory?.save(this.topics.entries())
    this.route.stop()
    this.alarm.clear()
  }

  #enter(): void {
    this.#note('enter')
    this.#away = false
    this.schedule()
  }

  #forgetUser(): void {
    this.#pinned = false
    this.#held = this.#out = true
    this.#memory?.clear()
    this.topics.forget()
    this.alarm.clear()
  }

  #note(name: Notes['call']['name'], more: Pick<Notes['call'], 'reason' | 'force'> = {}): void {
    this.recorder?.note('call', { name, info: this.route.info(), ...more })
  }

  #report(error: unknown): void {
    this.logger.error('monofil: a handler threw, or a list call failed', { error, marker: this.route.info().marker })
    // A page's own error tracking hears of its own handlers' errors.
    if (!MonofilError.is(error)) (globalThis as { reportError?: (error: unknown) => void }).reportError?.(error)
  }

  #makeTopics(): Topics {
    return new Topics({
      lingerMs: this.#options.lingerMs ?? 1000,
      read: (topic, after) => this.api.topicEvents(topic, { after, limit: 200 }),
      now: () => this.alarm.now(),
      health: () => this.health(),
      remembered: (topic) => this.#memory?.take(topic),
      recorder: () => this.recorder,
      onDemand: () => this.schedule(),
      onReopen: (topic) => {
        this.logger.debug('monofil reconnect', { reason: `hole in ${topic}`, marker: this.route.info().marker })
        this.route.reopen()
        this.schedule()
      },
      report: (error) => this.#report(error),
    })
  }

  #routeOwner(random: () => number): RouteOwner {
    return {
      url: this.url,
      topics: this.topics,
      sender: this.#sender,
      alarm: this.alarm,
      random,
      tally: this.tally,
      recorder: () => this.recorder,
      logger: {
        debug: (...line) => this.logger.debug(...line),
        info: (...line) => this.logger.info(...line),
        warn: (...line) => this.logger.warn(...line),
        error: (...line) => this.logger.error(...line),
      },
      options: () => this.#options,
      wanted: () => this.#wanted,
      onChange: () => {
        this.recorder?.note('info', this.route.info())
        this.info.touch()
        this.topics.invalidate()
        this.#setAlarm()
      },
      schedule: () => this.schedule(),
      forgetUser: () => this.#forgetUser(),
    }
  }
}
