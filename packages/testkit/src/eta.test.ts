/** How often the true time left lies within what a run says of it, by kinds of runs that differ in how items end. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lease, LimitPlan, Outcome } from '@monofil/server'
import { openSqliteStore } from '@monofil/server/sqlite'
import { expect, it } from 'vitest'
import { seeded } from './random.ts'
import { RunLab, stepPlan } from './runs-lab.ts'

const SEEDS = process.env['TEST_LONG'] === undefined ? 2 : 16
const ITEMS = 120
const SEATS = 4
const MARKS = [0.25, 0.5, 0.75]

interface Kind {
  readonly name: string
  /** How long an item takes, in ms, by its number. */
  readonly takesMs: (n: number, random: () => number) => number
  readonly fails?: number
  readonly limited?: number
  readonly limit?: LimitPlan
  /** How much of the truths must lie within, and how wide it may be at most, in shares of the truth (median). */
  readonly atLeast: number
  readonly widest: number
}

const rate = (count: number): LimitPlan => ({ name: 'api', rate: { count, perMs: 1000, burst: 1 }, concurrency: null })
const around = (mean: number) => (_n: number, random: () => number) => mean * (0.5 + random())

// What nobody has seen yet is in no estimate: a first long wait, items that are slow and still at work.
const KINDS: readonly Kind[] = [
  { name: 'steady', takesMs: around(1000), atLeast: 0.9, widest: 1.3 },
  { name: 'bursty', takesMs: (_n, random) => (random() < 0.1 ? 8000 : 200), atLeast: 0.5, widest: 2.5 },
  { name: 'slowing', takesMs: (n, random) => (600 + (600 * n) / ITEMS) * (0.5 + random()), atLeast: 0.6, widest: 1 },
  { name: 'retried', takesMs: around(1000), fails: 0.2, atLeast: 0.75, widest: 1.2 },
  { name: 'under a rate', takesMs: around(200), limit: rate(4), atLeast: 0.9, widest: 0.5 },
  { name: 'told to wait', takesMs: around(200), limit: rate(20), limited: 0.03, atLeast: 0.4, widest: 3 },
]

interface Sample {
  readonly mark: number
  readonly atMs: number
  readonly eta: { readonly lowMs: number; readonly highMs: number } | null
}

/** Plays one run in fake time on a real store. */
class Play {
  readonly lab: RunLab
  readonly kind: Kind
  readonly samples: Sample[] = []
  readonly #random: () => number
  #ends: { readonly at: number; readonly lease: Lease }[] = []

  constructor(lab: RunLab, kind: Kind, seed: number) {
    this.lab = lab
    this.kind = kind
    this.#random = seeded(seed)
  }

  /** Answers when the last item ended, in ms of the lab's clock. */
  async run(id: string): Promise<number> {
    const { lab, kind } = this
    const limits = kind.limit === undefined ? {} : { limits: [{ ...kind.limit, name: id }] }
    const steps = [stepPlan('list'), stepPlan('work', { each: 'list', concurrency: SEATS, attempts: 10, ...limits })]
    await lab.start(id, { steps })
    const list = await lab.claimOne()
    const resultJson = JSON.stringify(Array.from({ length: ITEMS }, (_, n) => n))
    await lab.settle({ fence: list.fence, kind: 'completed', resultJson })
    while (!(await this.#turn(id)));
    return lab.clock.monotonic()
  }

  async #turn(id: string): Promise<boolean> {
    const { clock, store } = this.lab
    for (const lease of await this.lab.claim(SEATS, { leaseMs: 3_600_000 })) {
      const at = clock.monotonic() + lease.startInMs + Math.round(this.kind.takesMs(lease.index, this.#random))
      this.#ends.push({ at, lease })
    }
    const next = Math.min(...this.#ends.map(({ at }) => at))
    const sweepMs = this.#ends.length < SEATS ? await store.work.sweep() : Infinity
    const byMs = Math.max(1, Math.min(next - clock.monotonic(), sweepMs))
    clock.advance(byMs)
    const due = this.#ends.filter(({ at }) => at <= clock.monotonic())
    this.#ends = this.#ends.filter(({ at }) => at > clock.monotonic())
    if (due.length === 0) return false
    await this.lab.settle(...due.map(({ lease }) => this.#outcome(lease)))
    const { counts, status, eta } = await this.lab.run(id)
    const mark = MARKS[this.samples.length]
    if (mark !== undefined && counts.completed - 1 >= mark * ITEMS) {
      this.samples.push({ mark, atMs: clock.monotonic(), eta })
    }
    return status === 'completed'
  }

  #outcome({ fence }: Lease): Outcome {
    const { fails = 0, limited = 0 } = this.kind
    if (this.#random() < limited) return { fence, kind: 'limited', retryAfterMs: 5000 }
    if (this.#random() >= fails) return { fence, kind: 'completed', resultJson: '1' }
    return { fence, kind: 'failed', error: { code: 'x', message: 'x' }, retryable: true }
  }
}

async function openLab(): Promise<RunLab> {
  const lab = new RunLab(async (host) => {
    const dir = await mkdtemp(join(tmpdir(), 'monofil-eta-'))
    const store = await openSqliteStore({ dir, durability: 'normal', ...host })
    return {
      store,
      reopen: () => Promise.reject(new Error('this lab is opened once')),
      async close() {
        await store.close()
        await rm(dir, { recursive: true })
      },
    }
  })
  await lab.open()
  return lab
}

it.each(KINDS)('the time left of runs that are $name', async (kind) => {
  const lab = await openLab()
  const told = new Map(MARKS.map((mark) => [mark, { inside: 0, known: 0, widths: [] as number[] }]))
  try {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const play = new Play(lab, kind, seed)
      const endMs = await play.run(`r${seed}`)
      for (const { mark, atMs, eta } of play.samples) {
        const at = told.get(mark)
        if (at === undefined || eta === null) continue
        const truth = endMs - atMs
        at.known += 1
        at.inside += Number(eta.lowMs <= truth && truth <= eta.highMs)
        at.widths.push((eta.highMs - eta.lowMs) / truth)
      }
    }
  } finally {
    await lab.close()
  }
  const all = [...told.values()]
  if (process.env['TEST_FIGURES'] !== undefined) console.log(kind.name, figures(told))
  expect(all.map(({ known }) => known)).toEqual(MARKS.map(() => SEEDS))
  expect(sum(all.map(({ inside }) => inside)) / (SEEDS * MARKS.length)).toBeGreaterThanOrEqual(kind.atLeast)
  expect(median(all.flatMap(({ widths }) => widths))).toBeLessThanOrEqual(kind.widest)
})

function figures(told: ReadonlyMap<number, { inside: number; known: number; widths: number[] }>): string {
  return [...told]
    .map(
      ([mark, { inside, known, widths }]) => `${mark * 100} %: ${inside}/${known}, width ${median(widths).toFixed(2)}`,
    )
    .join('; ')
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
