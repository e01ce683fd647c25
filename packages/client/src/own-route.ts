import { backoffDelay, backoffSettings } from './backoff.ts'
import { Connection } from './connection.ts'
import type { ConnectionSettings, ConnectionState } from './connection-state.ts'
import type { Send } from './http.ts'
import { describe } from './info.ts'
import type { Route, RouteOwner } from './route.ts'
import type { ConnectionInfo, Role } from './types.ts'
import { Wire } from './wire.ts'

/** A stream of this tab's own: the connection to the hub and the PATCHes that go with it. */
export class OwnRoute implements Route {
  readonly #owner: RouteOwner
  readonly #role: Role
  readonly #unshared: string | null
  readonly connection: Connection
  readonly #wire: Wire
  readonly #marker: () => string
  #of: ConnectionState | null = null
  #info: ConnectionInfo | null = null

  constructor(owner: RouteOwner, marker: () => string, role: Role = 'own', unshared: string | null = null) {
    this.#owner = owner
    this.#marker = marker
    this.#role = role
    this.#unshared = unshared
    const send = owner.sender.send.bind(owner.sender)
    this.#wire = this.#makeWire(send)
    this.connection = this.#makeConnection(send)
  }

  get active(): number {
    return this.connection.active
  }

  get ranks(): Route['ranks'] {
    return { transport: 'own', unshared: this.#unshared, rank: this.#role }
  }

  info(): ConnectionInfo {
    const { state } = this.connection
    if (this.#info === null || this.#of !== state) {
      this.#of = state
      this.#info = describe(state, this.#role, this.#marker(), this.#owner.alarm.now())
    }
    return this.#info
  }

  sync(wanted: boolean, kept: boolean): void {
    const { connection } = this
    if (wanted) connection.input({ type: 'want' })
    // A finished run keeps an open stream, for its next round, but is no reason to wait for one.
    else if (!kept || connection.state.status !== 'open') connection.input({ type: 'unwant' })
    if (connection.state.status === 'open') this.#wire.sync()
  }

  deadline(): number | null {
    const { retryAt } = this.#wire
    const at = this.connection.deadline()
    return at === null || retryAt === null ? (at ?? retryAt) : Math.min(at, retryAt)
  }

  tick(): void {
    this.connection.input({ type: 'tick' })
  }

  nudge(): void {
    this.connection.input({ type: 'nudge' })
  }

  force(): void {
    this.connection.input({ type: 'force' })
  }

  restart(): void {
    this.connection.input({ type: 'restart' })
  }

  reopen(): void {
    this.restart()
  }

  renew(): void {
    const { state } = this.connection
    if (state.status === 'open') this.#wire.renew()
    // An attempt under way carries the old credential; one that is scheduled will ask for the new one.
    else if (state.status === 'connecting') this.restart()
    else if (state.status === 'failed' && CREDENTIAL.has(state.reason)) this.restart()
  }

  switchUser(): void {
    this.restart()
  }

  stop(): void {
    this.connection.input({ type: 'unwant' })
  }

  logout(): void {
    this.stop()
    this.#owner.forgetUser()
  }

  close(): void {
    this.connection.input({ type: 'close' })
    this.#wire.close()
  }

  #makeWire(send: Send): Wire {
    const { topics, alarm, logger, random, options, schedule } = this.#owner
    return new Wire({
      send,
      topics,
      now: () => alarm.now(),
      delay: (failures, floorMs) => backoffDelay(failures, floorMs, random, backoffSettings(options().backoff)),
      onReopen: (reason) => {
        logger.debug('monofil reconnect', { reason, marker: this.#marker() })
        this.restart()
      },
      onChange: schedule,
      onRefused: (error) => logger.error('monofil refused a subscription', { error, marker: this.#marker() }),
      onRenewed: (expiresAt) => {
        const { generation } = this.connection.state
        this.connection.input({ type: 'renewed', generation, expiresAt })
      },
    })
  }

  #makeConnection(send: Send): Connection {
    const { topics, alarm, logger, random, tally, recorder, wanted, onChange, schedule } = this.#owner
    return new Connection({
      send,
      alarm,
      random,
      tally,
      recorder,
      logger,
      marker: this.#marker,
      settings: () => this.#settings(),
      wanted,
      topics: () => topics.open(),
      onHello: (hello) => {
        this.#wire.open(hello)
        topics.answered(hello)
        schedule()
      },
      onMessage: (event, frame) => {
        topics.message(event, frame)
        this.#owner.onFrame?.()
      },
      onExpiring: (expiresAt) => {
        if (!this.#owner.sender.renewable) return
        this.#wire.expiring(Date.parse(expiresAt))
        schedule()
      },
      onPing: (at) => {
        topics.lag.sample(at, alarm.now())
        this.#owner.onFrame?.()
      },
      onDown: () => {
        this.#wire.close()
        topics.lost()
      },
      onChange,
    })
  }

  #settings(): ConnectionSettings {
    const {
      backoff,
      reconnect = true,
      maxAttempts = Number.POSITIVE_INFINITY,
      silenceMs = null,
    } = this.#owner.options()
    const { renewable } = this.#owner.sender
    return { backoff: backoffSettings(backoff), reconnect, maxAttempts, silenceMs, renewable }
  }
}

/** Failures that another credential may mend. */
const CREDENTIAL: ReadonlySet<string> = new Set(['unauthorized', 'token_expired', 'forbidden', 'expired', 'revoked'])
