import { GOODBYE_REASONS, type GoodbyeReason, type Hello, MonofilError } from '@monofil/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffSettings } from './backoff.ts'
import {
  type ConnectionInput,
  type ConnectionSettings,
  type ConnectionState,
  connectionDeadline,
  INITIAL,
  liveGeneration,
  nextConnection,
} from './connection-state.ts'

const hello: Hello = {
  connection: 'c1',
  marker: 'm',
  node: 'n',
  heartbeatMs: 15_000,
  expiresAt: null,
  topics: [],
  denied: [],
}
const error = new MonofilError('node_unreachable', 'gone')
const plain: ConnectionSettings = {
  backoff: backoffSettings({ jitter: false }),
  reconnect: true,
  maxAttempts: Number.POSITIVE_INFINITY,
  silenceMs: null,
  renewable: false,
}

/** A machine with a world that the test sets. */
class Machine {
  state: ConnectionState = INITIAL
  now = 1_000_000
  lastByteAt = 1_000_000
  wanted = true
  readonly settings: ConnectionSettings

  constructor(settings: Partial<ConnectionSettings> = {}) {
    this.settings = { ...plain, ...settings }
  }

  input(input: ConnectionInput): this {
    const before = liveGeneration(this.state)
    this.state = nextConnection(this.state, input, {
      now: this.now,
      lastByteAt: this.lastByteAt,
      wanted: this.wanted,
      random: () => 0.5,
      settings: this.settings,
      silentError: () => error,
    })
    if (liveGeneration(this.state) !== before) this.lastByteAt = this.now
    return this
  }

  lose(floorMs = 0): this {
    return this.input({ type: 'lost', generation: this.state.generation, error, floorMs })
  }

  open(): this {
    return this.input({ type: 'hello', generation: this.state.generation, hello })
  }

  goodbye(reason: GoodbyeReason, reconnectMs: number | null): this {
    return this.input({ type: 'goodbye', generation: this.state.generation, reason, reconnectMs, error })
  }

  /** Lets time pass until something is due, bytes flowing if `alive`. */
  pass(ms: number, alive = true): this {
    this.now += ms
    if (alive) this.lastByteAt = this.now
    return this.input({ type: 'tick' })
  }

  waitMs(): number {
    return this.state.status === 'waiting' ? this.state.retryAt - this.now : Number.NaN
  }
}

describe('reconnecting', () => {
  it('waits 1, 2, 4, 8, 16, 30 s and begins anew after 10 s of stable stream', () => {
    const machine = new Machine().input({ type: 'want' })
    for (const wait of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      expect(machine.lose().waitMs()).toBe(wait)
      machine.pass(wait)
      expect(machine.state.status).toBe('connecting')
    }
    machine.open().pass(9999)
    expect(machine.lose().waitMs()).toBe(30_000)
    machine.pass(30_000).open().pass(10_000)
    expect(machine.state.attempts).toBe(0)
    expect(machine.lose().waitMs()).toBe(1000)
  })

  it('counts a stream as stable by its age, even when no timer ran, as in sleep', () => {
    const machine = new Machine().input({ type: 'want' }).lose().pass(1000).open()
    machine.now += 3_600_000
    expect(machine.lose().waitMs()).toBe(1000)
  })

  it('backs off when the server takes every stream and drops it at once', () => {
    const machine = new Machine().input({ type: 'want' })
    const waits = [1, 2, 3, 4].map(() => {
      const wait = machine.open().lose().waitMs()
      machine.pass(wait)
      return wait
    })
    expect(waits).toEqual([1000, 2000, 4000, 8000])
  })

  it('several errors in a row schedule one attempt', () => {
    const machine = new Machine().input({ type: 'want' }).lose()
    const scheduled = machine.state
    for (let i = 0; i < 50; i += 1) machine.lose().input({ type: 'want' })
    expect(machine.state).toBe(scheduled)
  })

  it('gives up visibly after maxAttempts, and tries again when a person asks', () => {
    const machine = new Machine({ maxAttempts: 5 }).input({ type: 'want' })
    for (let i = 0; i < 4; i += 1) machine.lose().pass(60_000)
    expect(machine.lose().state).toMatchObject({ status: 'failed', reason: 'max_attempts', attempts: 5 })
    machine.input({ type: 'want' }).input({ type: 'nudge' }).pass(1e9)
    expect(machine.state.status).toBe('failed')
    machine.input({ type: 'force' })
    expect(machine.state).toMatchObject({ status: 'connecting', attempts: 0, tries: 6 })
  })

  it('reconnect: false never comes back by itself', () => {
    const machine = new Machine({ reconnect: false }).input({ type: 'want' }).open().lose()
    expect(machine.state).toMatchObject({ status: 'failed', reason: 'reconnect_off' })
  })

  it('does not come back for nothing: the last subscriber left, or only finished runs are followed', () => {
    const machine = new Machine().input({ type: 'want' }).open()
    machine.wanted = false
    expect(machine.lose().state.status).toBe('idle')
  })
})

describe('what the server asks for', () => {
  it('Retry-After is a floor, also for online and visible', () => {
    const machine = new Machine({ backoff: backoffSettings() }).input({ type: 'want' }).lose(7000)
    expect(machine.waitMs()).toBe(7500)
    machine.now += 3000
    machine.input({ type: 'nudge' })
    expect(machine.state.status).toBe('waiting')
    expect(machine.waitMs()).toBe(4000)
    expect(machine.input({ type: 'force' }).state.status).toBe('connecting')
  })

  it('a long retry: is a floor for every further wait, the usual one leaves the backoff as it is', () => {
    const machine = new Machine({ backoff: backoffSettings() }).input({ type: 'want' })
    machine.input({ type: 'retry', generation: machine.state.generation, ms: 5000 }).open()
    expect(machine.lose().waitMs()).toBe(5500)
    machine.pass(5500).input({ type: 'retry', generation: machine.state.generation, ms: 2500 })
    expect(machine.lose().waitMs()).toBe(250 + 0.5 * 1750)
  })

  it('the time of a goodbye counts for one return', () => {
    const machine = new Machine().input({ type: 'want' }).open()
    machine.input({ type: 'retry', generation: machine.state.generation, ms: 9000 }).goodbye('drain', 9000)
    expect(machine.waitMs()).toBe(9000)
    expect(machine.pass(9000).lose().waitMs()).toBe(2000)
  })

  it.each(GOODBYE_REASONS)('goodbye %s', (reason) => {
    const machine = new Machine({ backoff: backoffSettings() }).input({ type: 'want' }).open().goodbye(reason, 3000)
    const back = reason === 'drain' || reason === 'slow' || reason === 'lifetime' || reason === 'internal'
    if (back) expect(machine.waitMs()).toBe(3500)
    else expect(machine.state).toMatchObject({ status: 'failed', reason })
  })

  it.each(['expired', 'revoked'] as const)('goodbye %s asks a token function once for another credential', (reason) => {
    const machine = new Machine({ renewable: true }).input({ type: 'want' }).open().goodbye(reason, null)
    expect(machine.state).toMatchObject({ status: 'waiting', renew: true })
    machine.pass(1000)
    const generation = machine.state.generation
    machine.input({ type: 'refused', generation, error, reason: 'unauthorized' })
    expect(machine.state).toMatchObject({ status: 'failed', reason: 'unauthorized' })
  })

  it.each([true, false])(
    'a loss while another credential is tried asks for no third once it was taken: %s',
    (taken) => {
      const machine = new Machine({ renewable: true }).input({ type: 'want' }).open().goodbye('revoked', null)
      machine.pass(1000)
      machine.input({ type: 'lost', generation: machine.state.generation, error, floorMs: 0, taken })
      expect(machine.state).toMatchObject({ status: 'waiting', renew: !taken })
    },
  )

  it.each(['forbidden', 'not_found', 'content_type', 'invalid_request'] as const)('refusal %s is final', (reason) => {
    const machine = new Machine({ renewable: true }).input({ type: 'want' })
    machine.input({ type: 'refused', generation: machine.state.generation, error, reason })
    expect(machine.state).toMatchObject({ status: 'failed', reason })
  })
})

describe('silence', () => {
  it('of three heartbeats is death; bytes are life', () => {
    const machine = new Machine().input({ type: 'want' }).open()
    for (let i = 0; i < 10; i += 1) machine.pass(44_000)
    expect(machine.state.status).toBe('open')
    expect(machine.pass(44_999, false).state.status).toBe('open')
    expect(machine.pass(1, false).state.status).toBe('waiting')
  })

  it('is judged more strictly when the page comes back', () => {
    const machine = new Machine().input({ type: 'want' }).open().pass(16_000, false)
    expect(machine.input({ type: 'nudge' }).state.status).toBe('open')
    machine.now += 7000
    expect(machine.input({ type: 'nudge' }).state.status).toBe('waiting')
  })

  it('of a server that takes the request and says nothing ends the attempt', () => {
    const machine = new Machine().input({ type: 'want' })
    expect(machine.pass(45_000, false).state.status).toBe('waiting')
  })
})

const type = fc.constantFrom(
  'want',
  'unwant',
  'force',
  'restart',
  'hello',
  'retry',
  'lost',
  'refused',
  'goodbye',
  'renewed',
  'nudge',
  'tick',
  'close',
) as fc.Arbitrary<ConnectionInput['type']>
const step = fc.record({
  // Close ends everything, so it comes seldom.
  type: fc.oneof({ weight: 40, arbitrary: type.filter((one) => one !== 'close') }, { weight: 1, arbitrary: type }),
  passMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60_000 })),
  staleness: fc.constantFrom(0, 0, 0, 1),
  wanted: fc.boolean(),
  alive: fc.boolean(),
  reason: fc.constantFrom(...GOODBYE_REASONS),
  ms: fc.integer({ min: 0, max: 20_000 }),
})

function inputOf(
  one: { type: ConnectionInput['type']; reason: GoodbyeReason; ms: number },
  generation: number,
): ConnectionInput {
  switch (one.type) {
    case 'hello':
      return { type: 'hello', generation, hello }
    case 'retry':
      return { type: 'retry', generation, ms: one.ms }
    case 'lost':
      return { type: 'lost', generation, error, floorMs: one.ms }
    case 'refused':
      return { type: 'refused', generation, error, reason: one.ms % 2 ? 'unauthorized' : 'forbidden' }
    case 'goodbye':
      return { type: 'goodbye', generation, reason: one.reason, reconnectMs: one.ms, error }
    case 'renewed':
      return { type: 'renewed', generation, expiresAt: null }
    default:
      return { type: one.type }
  }
}

it('keeps its promises under any sequence of inputs', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, renewable) => {
      const machine = new Machine({ maxAttempts: 6, renewable, backoff: backoffSettings() })
      for (const one of steps) {
        machine.now += one.passMs
        machine.wanted = one.wanted
        if (one.alive) machine.lastByteAt = machine.now
        const before = machine.state
        const stale = one.staleness > 0
        machine.input(inputOf(one, before.generation - one.staleness))
        const after = machine.state
        // Every stream that begins has a generation of its own, and there is no other way to begin one.
        expect(after.generation - before.generation).toBeGreaterThanOrEqual(0)
        expect(after.generation - before.generation).toBeLessThanOrEqual(1)
        expect(after.tries).toBe(after.generation)
        if (after.generation > before.generation) expect(after.status).toBe('connecting')
        // News of a stream that was replaced changes nothing.
        if (stale && 'generation' in inputOf(one, 0)) expect(after).toBe(before)
        if (before.status === 'closed') expect(after).toBe(before)
        if (before.status === 'failed' && after !== before) expect(['force', 'restart', 'close']).toContain(one.type)
        // A scheduled attempt is never scheduled again, only brought forward, started or given up.
        if (before.status === 'waiting' && after.status === 'waiting') {
          expect(after.retryAt).toBeLessThanOrEqual(before.retryAt)
          expect(after.attempts).toBe(before.attempts)
        }
        if (after.status === 'waiting') {
          expect(after.retryAt - after.failedAt).toBeGreaterThanOrEqual(250)
          expect(after.retryAt).toBeGreaterThanOrEqual(after.failedAt)
        }
        expect(after.attempts).toBeLessThanOrEqual(6)
        const timed = after.status === 'connecting' || after.status === 'open' || after.status === 'waiting'
        expect(connectionDeadline(after, machine.lastByteAt) !== null).toBe(timed)
        if (after.status === 'open') expect(after.behindSince).toBeNull()
      }
    }),
    { numRuns: 500 },
  )
})
