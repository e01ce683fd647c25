import { MonofilError } from '@monofil/protocol'
import { Alarm } from '../alarm.ts'
import { type BackoffSettings, backoffDelay } from '../backoff.ts'
import type { Clock, Logger } from '../options.ts'
import { Attachment } from './attachment.ts'
import { readBody } from './body.ts'
import { onPage } from './page.ts'
import { discard, lost, requestOf, shown } from './request.ts'
import { endOf, type StreamEnd } from './stream-end.ts'
import type { SseAttachOptions, SseEvent, SseState, SseStatus, SseStreamHandlers } from './types.ts'

/** What a stream needs of its manager. */
export interface PlainStreamOwner {
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly random: () => number
  readonly backoff: BackoffSettings
  readonly logger: Logger
  headers(): Promise<Readonly<Record<string, string>>>
  /** A handler threw. */
  report(error: unknown): void
  onOver(): void
}

/** One stream and those who are attached to it: at most one request and one timer at any time. */
export class PlainStream {
  readonly url: string
  readonly #owner: PlainStreamOwner
  readonly #withCredentials: boolean
  readonly #alarm: Alarm
  readonly #leavePage: () => void
  readonly #attachments = new Set<Attachment>()
  /** Set while a request runs, from before it is made until its body is let go. */
  #attempt: AbortController | null = null
  /** Why the attempt was aborted, where we did it. */
  #verdict: StreamEnd | null = null
  #state: SseState = { status: 'connecting', error: null, attempts: 0, nextRetryAt: null }
  #lastEventId: string
  #retryMs = 0
  /** Not before, because the server said so. */
  #floorAt = 0
  #openAt: number | null = null
  #heardAt = 0
  #restAt: number | null = null
  #hidden = false
  #over = false

  constructor(url: string, options: SseAttachOptions, owner: PlainStreamOwner) {
    this.url = url
    this.#owner = owner
    this.#withCredentials = options.withCredentials ?? false
    this.#lastEventId = options.lastEventId ?? ''
    this.#alarm = new Alarm(owner.clock, () => this.#tick())
    this.#leavePage = onPage({ hide: () => this.#hide(), show: () => this.#show(), back: () => this.#back() })
  }

  attach(handlers: SseStreamHandlers, options: SseAttachOptions): (lingerMs?: number) => void {
    const attachment = new Attachment(handlers, options, (error) => this.#owner.report(error))
    this.#attachments.add(attachment)
    this.#restAt = null
    if (this.#state.status === 'waiting') this.#tick()
    else this.#connect()
    // Not before the caller has what this answers.
    queueMicrotask(() => {
      if (this.#state.status === 'open') attachment.opened(this.#state)
      else if (this.#state.status === 'waiting') attachment.state(this.#state)
    })
    this.#arm()
    return (lingerMs = options.lingerMs ?? 0) => this.#detach(attachment, lingerMs)
  }

  /** Asks again at once. */
  reconnect(): void {
    this.#floorAt = 0
    this.#state = { ...this.#state, attempts: 0 }
    if (this.#attempt === null) this.#connect()
    else this.#abort({ kind: 'replaced' })
  }

  /** Ends it for all who are attached, who are told this status. */
  close(status: SseStatus, error: MonofilError | null = null): void {
    const attached = [...this.#attachments]
    this.#stop()
    for (const attachment of attached) this.#dismiss(attachment, status, error)
  }

  #detach(attachment: Attachment, lingerMs: number): void {
    attachment.live = false
    if (!this.#attachments.delete(attachment) || this.#attachments.size > 0) return
    this.#restAt = this.#alarm.now() + lingerMs
    if (lingerMs > 0) this.#arm()
    else this.#stop()
  }

  #dismiss(attachment: Attachment, status: SseStatus, error: MonofilError | null): void {
    this.#attachments.delete(attachment)
    attachment.state({ status, error, attempts: this.#state.attempts, nextRetryAt: null })
    if (error) attachment.error(error, false)
    attachment.live = false
  }

  /** No timer, no request, no listener is left. */
  #stop(): void {
    if (this.#over) return
    this.#over = true
    this.#attachments.clear()
    this.#alarm.clear()
    this.#leavePage()
    this.#attempt?.abort()
    this.#owner.onOver()
  }

  #abort(verdict: StreamEnd): void {
    this.#verdict = verdict
    this.#attempt?.abort()
  }

  #connect(): void {
    if (this.#over || this.#hidden || this.#attempt !== null) return
    this.#attempt = new AbortController()
    this.#heardAt = this.#alarm.now()
    this.#move({ status: 'connecting', nextRetryAt: null })
    this.#owner.logger.debug('sse connect', { url: shown(this.url), attempts: this.#state.attempts })
    void this.#run(this.#attempt.signal)
    this.#arm()
  }

  async #run(signal: AbortSignal): Promise<void> {
    const end = await this.#read(signal)
    if (this.#over) return
    this.#attempt = null
    const verdict = this.#verdict ?? end
    this.#verdict = null
    this.#settle(verdict)
  }

  /** One request, to its end; never rejects. */
  async #read(signal: AbortSignal): Promise<StreamEnd> {
    const { url } = this
    try {
      const init = await requestOf({
        headers: () => this.#owner.headers(),
        withCredentials: this.#withCredentials,
        lastEventId: this.#lastEventId,
        signal,
      })
      signal.throwIfAborted()
      const response = await this.#owner.fetch(url, init)
      const end = signal.aborted ? null : await endOf(url, response)
      if (signal.aborted || end || response.body === null) {
        discard(response)
        return end ?? { kind: 'lost', error: lost(url, 'left before its answer') }
      }
      this.#opened()
      await this.#follow(response.body, signal)
      return { kind: 'lost', error: lost(url, 'the server ended the stream') }
    } catch (cause) {
      if (MonofilError.is(cause) && !cause.retryable) return { kind: 'refused', error: cause }
      return { kind: 'lost', error: lost(url, 'no answer, or the stream broke off', cause) }
    }
  }

  #follow(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    return readBody(body, signal, {
      onBytes: () => (this.#heardAt = this.#alarm.now()),
      onRetry: (ms) => (this.#retryMs = ms),
      onId: (id) => {
        if (!signal.aborted) this.#lastEventId = id
      },
      onMessage: ({ event, data }) => {
        if (!signal.aborted) this.#deliver({ event, data, lastEventId: this.#lastEventId })
      },
    })
  }

  #opened(): void {
    this.#openAt = this.#heardAt = this.#alarm.now()
    this.#state = { ...this.#state, status: 'open', error: null }
    this.#arm()
    for (const attachment of [...this.#attachments]) attachment.opened(this.#state)
  }

  #deliver(message: SseEvent): void {
    for (const attachment of [...this.#attachments]) {
      attachment.opened(this.#state)
      attachment.message(message)
      if (!attachment.isLast(message.event)) continue
      this.#dismiss(attachment, 'ended', null)
      if (this.#attachments.size === 0) this.#stop()
    }
  }

  #settle(end: StreamEnd): void {
    if ('error' in end) {
      this.#owner.logger.debug('sse end', { url: shown(this.url), kind: end.kind, code: end.error.code })
    }
    const stable = this.#openAt !== null && this.#alarm.now() - this.#openAt >= this.#owner.backoff.stableMs
    this.#openAt = null
    switch (end.kind) {
      case 'lost':
      case 'busy':
        this.#wait(end.error, stable ? 1 : this.#state.attempts + 1, end.kind === 'busy' ? end.floorMs : 0)
        break
      case 'refused':
        this.close('failed', end.error)
        break
      case 'done':
        this.close('ended')
        break
      case 'hidden':
        this.#move({ status: 'waiting', nextRetryAt: null })
        this.#connect()
        break
      case 'replaced':
        this.#connect()
        break
      default:
        end satisfies never
    }
  }

  #wait(error: MonofilError, attempts: number, askedMs: number): void {
    const { random, backoff } = this.#owner
    const floorMs = Math.max(askedMs, this.#retryMs)
    const now = this.#alarm.now()
    const nextRetryAt = now + backoffDelay(attempts, floorMs, random, backoff)
    this.#floorAt = now + floorMs
    this.#state = { status: 'waiting', error, attempts, nextRetryAt }
    const attached = [...this.#attachments]
    for (const attachment of attached) {
      if (!attachment.bears(attempts)) this.#attachments.delete(attachment)
    }
    if (this.#attachments.size === 0) this.#stop()
    else this.#arm()
    for (const attachment of attached) {
      if (!attachment.bears(attempts)) {
        this.#dismiss(attachment, 'failed', error)
        continue
      }
      attachment.state(this.#state)
      attachment.error(error, true)
    }
  }

  #move(change: Partial<SseState>): void {
    const before = this.#state
    this.#state = { ...before, ...change }
    if (before.status === this.#state.status) return
    for (const attachment of [...this.#attachments]) attachment.state(this.#state)
  }

  #silenceMs(): number {
    const asked = [...this.#attachments].map(({ options }) => options.silenceMs ?? 0).filter((ms) => ms > 0)
    return Math.min(...asked)
  }

  /** The one timer: the next attempt, the end of silence or the end of lingering, whichever comes first. */
  #arm(): void {
    if (this.#over || this.#hidden) return
    const runs = this.#attempt !== null && this.#verdict === null
    const silent = runs ? this.#heardAt + this.#silenceMs() : Number.POSITIVE_INFINITY
    // Without anybody attached it only lingers.
    const retry = this.#attachments.size > 0 ? this.#state.nextRetryAt : null
    const at = Math.min(silent, retry ?? silent, this.#restAt ?? silent)
    this.#alarm.set(Number.isFinite(at) ? at : null)
  }

  #tick(): void {
    const now = this.#alarm.now()
    const { nextRetryAt } = this.#state
    if (this.#restAt !== null && now >= this.#restAt) this.#stop()
    else if (this.#attachments.size > 0 && nextRetryAt !== null && now >= nextRetryAt) this.#connect()
    else this.#listen(now)
    this.#arm()
  }

  #listen(now: number): void {
    const silenceMs = this.#silenceMs()
    if (this.#attempt === null || this.#verdict !== null || now - this.#heardAt < silenceMs) return
    this.#abort({ kind: 'lost', error: lost(this.url, `no byte for ${silenceMs} ms`) })
  }

  /** The page is online or visible again: what waits only for its jitter need not wait. */
  #back(): void {
    const now = this.#alarm.now()
    if (this.#state.status === 'waiting' && now >= this.#floorAt && this.#attachments.size > 0) this.#connect()
    else this.#tick()
  }

  #hide(): void {
    this.#hidden = true
    this.#alarm.clear()
    if (this.#attempt) this.#abort({ kind: 'hidden' })
  }

  #show(): void {
    this.#hidden = false
    if (this.#attachments.size > 0) this.#connect()
    this.#arm()
  }
}
