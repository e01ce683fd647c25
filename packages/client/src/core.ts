import { MonofilError } from '@monofil/protocol'
import { Alarm } from './alarm.ts'
import type { Api } from './api.ts'
import { backoffDelay, backoffSettings } from './backoff.ts'
import { createApi } from './calls.ts'
import { Connection } from './connection.ts'
import type { ConnectionSettings } from './connection-state.ts'
import { Info } from './info.ts'
import type { ClientOptions, Clock, Logger } from './options.ts'
import { Sender } from './sender.ts'
import { Topics } from './topics.ts'
import { onReturn } from './triggers.ts'
import type { SubscribeOptions } from './types.ts'
import { Wire } from './wire.ts'

const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** What a tab has once per hub: the stream, the topics, the timer. Clients are doors to it. */
export class Core {
  readonly url: string
  readonly marker: string
  readonly api: Api
  readonly topics: Topics
  readonly connection: Connection
  readonly info: Info
  readonly alarm: Alarm
  readonly #sender: Sender
  readonly #wire: Wire
  readonly #random: () => number
  readonly #stopTriggers: () => void
  #options: ClientOptions
  /** Asked for by `connect()`, whether or not anything is subscribed to. */
  #pinned = false
  /** Held back by `disconnect()`. */
  #held = false
  #scheduled = false

  constructor(url: string, options: ClientOptions) {
    this.url = url
    this.#options = options
    this.#random = options.random ?? Math.random
    this.marker = options.marker ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`
    this.alarm = new Alarm(options.clock ?? systemClock, () => this.#tick())
    this.#sender = new Sender(url, options)
    const send = this.#sender.send.bind(this.#sender)
    this.api = createApi(send)
    this.topics = this.#makeTopics()
    this.#wire = new Wire({
      send,
      topics: this.topics,
      now: () => this.alarm.now(),
      delay: (failures, floorMs) =>
        backoffDelay(failures, floorMs, this.#random, backoffSettings(this.#options.backoff)),
      onReopen: (reason) => this.reconnect(reason),
      onChange: () => this.schedule(),
      onRefused: (error) => this.#logger.error('monofil refused a subscription', { error, marker: this.marker }),
    })
    this.connection = this.#makeConnection(send)
    this.info = new Info(this.connection, this.alarm, this.marker)
    this.#stopTriggers = onReturn(() => this.connection.input({ type: 'nudge' }))
  }

  get #logger(): Logger {
    return this.#options.logger ?? silent
  }

  get #wanted(): boolean {
    return !this.#held && (this.#pinned || this.topics.wanted)
  }

  /** Newer options of the same tab count from now on; another credential replaces the stream. */
  adopt(options: ClientOptions): void {
    // What is not said stays: a second client without a token must not make the tab anonymous.
    const said = Object.entries(options).filter(([, value]) => value !== undefined)
    this.#options = { ...this.#options, ...Object.fromEntries(said) }
    if (this.#sender.adopt(this.#options)) this.reconnect('token')
  }

  subscribe(topic: string, options: SubscribeOptions, onChange?: () => void): () => void {
    return this.topics.join(topic, options, onChange)
  }

  connect(force = false): void {
    this.#pinned = true
    this.#held = false
    if (force) this.connection.input({ type: 'force' })
    this.schedule()
  }

  reconnect(reason: string): void {
    this.#logger.debug('monofil reconnect', { reason, marker: this.marker })
    this.#held = false
    this.connection.input({ type: 'restart' })
    this.schedule()
  }

  disconnect(): void {
    this.#pinned = false
    this.#held = true
    this.connection.input({ type: 'unwant' })
    this.alarm.clear()
  }

  close(): void {
    this.#pinned = false
    this.#held = true
    this.#stopTriggers()
    this.connection.input({ type: 'close' })
    this.#wire.close()
    this.alarm.clear()
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

  #sync(): void {
    const { connection, topics } = this
    const left = topics.expire(this.alarm.now())
    if (this.#wanted) connection.input({ type: 'want' })
    // A finished run keeps an open stream, for its next round, but is no reason to wait for one.
    else if ((!left && !this.#pinned) || connection.state.status !== 'open') connection.input({ type: 'unwant' })
    if (connection.state.status === 'open') this.#wire.sync()
    this.#setAlarm()
  }

  #tick(): void {
    this.connection.input({ type: 'tick' })
    this.#sync()
  }

  #setAlarm(): void {
    if (this.connection.state.status === 'closed') return
    const times = [this.connection.deadline(), this.topics.deadline(), this.#wire.retryAt].filter((at) => at !== null)
    this.alarm.set(times.length > 0 ? Math.min(...times) : null)
  }

  #settings(): ConnectionSettings {
    const { backoff, reconnect = true, maxAttempts = Number.POSITIVE_INFINITY, silenceMs = null } = this.#options
    return {
      backoff: backoffSettings(backoff),
      reconnect,
      maxAttempts,
      silenceMs,
      renewable: this.#sender.renewable,
    }
  }

  #report(error: unknown): void {
    this.#logger.error('monofil: a handler threw, or a list call failed', { error, marker: this.marker })
    // A page's own error tracking hears of its own handlers' errors.
    if (!MonofilError.is(error)) (globalThis as { reportError?: (error: unknown) => void }).reportError?.(error)
  }

  #makeTopics(): Topics {
    return new Topics({
      lingerMs: this.#options.lingerMs ?? 1000,
      read: (topic, after) => this.api.topicEvents(topic, { after, limit: 200 }),
      now: () => this.alarm.now(),
      health: () => this.health(),
      onDemand: () => this.schedule(),
      onReopen: (topic) => this.reconnect(`hole in ${topic}`),
      report: (error) => this.#report(error),
    })
  }

  /** How the stream does, as views show it. */
  health(): { readonly open: boolean; readonly error: MonofilError | null } {
    const { state } = this.connection
    return { open: state.status === 'open', error: state.status === 'failed' ? state.error : null }
  }

  #makeConnection(send: Sender['send']): Connection {
    return new Connection({
      send,
      alarm: this.alarm,
      random: this.#random,
      logger: { ...silent, debug: (...a) => this.#logger.debug(...a), warn: (...a) => this.#logger.warn(...a) },
      marker: this.marker,
      settings: () => this.#settings(),
      wanted: () => this.#wanted,
      topics: () => this.topics.open(),
      onHello: (hello) => {
        this.#wire.open(hello)
        this.topics.answered(hello)
        this.schedule()
      },
      onMessage: (message) => this.topics.message(message),
      onDown: () => {
        this.#wire.close()
        this.topics.lost()
      },
      onChange: () => {
        this.info.touch()
        this.topics.invalidate()
        this.#setAlarm()
      },
    })
  }
}
