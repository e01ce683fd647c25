/** Limits between two worker processes at one owner: what is granted, what starts, and how much of a rate is used. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Item, isTerminal } from '@monofil/protocol'
import { type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import type { Store } from '../seams/store.ts'

const INDEX = JSON.stringify(new URL('./index.ts', import.meta.url).href)
const FACTOR = process.env['TEST_LONG'] === undefined ? 1 : 5

const ENTRY = `
import { runWorkerProcess } from ${INDEX}
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const [dir, id, file] = process.argv.slice(2)
const worker = await runWorkerProcess({ dir, id, files: [file], logger })
process.send({ workflows: worker.workflows })
await worker.stopped
process.exit(0)
`

/** Each start is a line of the file named by the input: when (ms since 1970, with fractions), which process, run, item. */
const flows = (rate: object): string => `
import { appendFileSync } from 'node:fs'
import { defineLimit, defineWorkflow, RateLimited } from ${INDEX}
const api = defineLimit({ name: 'api', rate: ${JSON.stringify(rate)} })
const flow = (name) => defineWorkflow({ name, steps: (step) => [
  step('list', (ctx) => Array.from({ length: ctx.input.count }, (_, n) => n)),
  step('call', { each: 'list', limits: [api] }, async (ctx, n) => {
    appendFileSync(ctx.input.log, (performance.timeOrigin + performance.now()) + ' ' + process.pid + ' ' + ctx.run.id + ' ' + ctx.item.id + '\\n')
    if (Math.random() < ctx.input.limited) throw new RateLimited(400)
    return n
  }),
] })
export default [flow('a'), flow('b')]
`

interface Grant {
  readonly itemId: string
  readonly startInMs: number
  readonly askedAt: number
}

let owner: Owner
let log: string
const children: ChildProcess[] = []
/** Leases of limited items, by run and item, in the order they were given. */
let leases: Map<string, Grant[]>
/** When each claim of an item was committed, in the owner's ms since 1970, in order. */
let claims: Map<string, number[]>
/** When somebody was told to come back later was recorded: before `from` it was asked, at `to` it was answered. */
let told: { readonly from: number; readonly to: number; readonly forMs: number }[]

function watched(store: Store): Store {
  const work: Store['work'] = {
    ...store.work,
    async claim(request) {
      const askedAt = Date.now()
      const given = await store.work.claim(request)
      for (const { runId, itemId, step, startInMs } of given) {
        if (step === 'call') push(leases, `${runId} ${itemId}`, { itemId, startInMs, askedAt })
      }
      return given
    },
    async settle(outcomes) {
      const from = Date.now()
      const accepted = await store.work.settle(outcomes)
      for (const one of outcomes)
        if (one.kind === 'limited') told.push({ from, to: Date.now(), forMs: one.retryAfterMs })
      return accepted
    },
  }
  return { ...store, work }
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [value])
  else known.push(value)
}

beforeEach(async () => {
  leases = new Map()
  claims = new Map()
  told = []
  owner = await openOwner(createLocalBus, { wrap: watched })
  log = join(owner.dir, 'starts.txt')
  await writeFile(log, '')
  await writeFile(join(owner.dir, 'entry.mjs'), ENTRY)
  owner.bus.listen((message) => {
    if (message.kind !== 'commit') return
    for (const { type, dataJson } of message.commit.events) {
      if (type !== 'item') continue
      for (const item of JSON.parse(dataJson) as Item[]) {
        if (item.status !== 'running' || item.step !== 'call') continue
        push(claims, `${item.runId} ${item.id}`, Date.parse(item.startedAt ?? ''))
      }
    }
  })
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await owner.close()
})

interface Starts {
  /** When each item was granted to start at the soonest, ascending, and when its claim was asked for. */
  readonly grants: readonly { readonly at: number; readonly askedAt: number }[]
  readonly starts: readonly { readonly at: number; readonly pid: string; readonly grantedAt: number }[]
}

/** Two runs of two workflows under one limit, at two processes, to their end. */
async function play(rate: object, count: number, limited = 0): Promise<Starts> {
  const file = join(owner.dir, 'flows.mjs')
  await writeFile(file, flows(rate))
  for (const id of ['w1', 'w2']) {
    const child = fork(join(owner.dir, 'entry.mjs'), [owner.dir, id, file], {
      execArgv: ['--conditions=@monofil/source'],
    })
    children.push(child)
    await once(child, 'message')
  }
  for (const name of ['a', 'b']) await startRun(owner.store, name, name, { log, count, limited })
  const over = async () => {
    const runs = await Promise.all(['a', 'b'].map((id) => owner.store.runs.get(id)))
    return runs.every((run) => run !== undefined && isTerminal(run.status))
  }
  await expect.poll(over, { timeout: 120_000, interval: 50 }).toBe(true)
  const grants = [...leases].flatMap(([key, given]) =>
    given.map(({ startInMs, askedAt }, n) => ({ at: (claims.get(key)?.[n] ?? Number.NaN) + startInMs, askedAt })),
  )
  const lines = (await readFile(log, 'utf8')).trim().split('\n').sort()
  const seen = new Map<string, number>()
  const starts = lines.map((line) => {
    const [at = '', pid = '', ...item] = line.split(' ')
    const key = item.join(' ')
    const n = seen.get(key) ?? 0
    seen.set(key, n + 1)
    const grantedAt = (claims.get(key)?.[n] ?? Number.NaN) + (leases.get(key)?.[n]?.startInMs ?? Number.NaN)
    return { at: Number(at), pid, grantedAt }
  })
  return { grants: grants.sort((a, b) => a.at - b.at), starts: starts.sort((a, b) => a.at - b.at) }
}

/** The most in any window of so many ms, beginning with one of them. */
function fullest(times: readonly { readonly at: number }[], windowMs: number): number {
  let most = 0
  let first = 0
  for (const [last, { at }] of times.entries()) {
    while (at - (times[first]?.at ?? at) >= windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

/** How much of what the rate allows was granted, from the first grant to the last. */
function shareUsed(grants: Starts['grants'], { count, perMs, burst }: Omit<(typeof RATES)[number], 'items'>): number {
  const spanMs = (grants.at(-1)?.at ?? 0) - (grants[0]?.at ?? 0)
  return ((grants.length - burst) * perMs) / count / spanMs
}

function figures(what: string, { grants, starts }: Starts, perMs: number): void {
  if (process.env['TEST_FIGURES'] === undefined) return
  const late = starts.map(({ at, grantedAt }) => at - grantedAt)
  const spanMs = (grants.at(-1)?.at ?? 0) - (grants[0]?.at ?? 0)
  console.log(
    `${what}: ${grants.length} grants in ${spanMs} ms, at most ${fullest(grants, perMs)} in ${perMs} ms; ` +
      `starts at most ${fullest(starts, perMs)}, latest ${Math.max(...late).toFixed(1)} ms, ` +
      `first process ${starts.filter(({ pid }) => pid === starts[0]?.pid).length}`,
  )
}

const RATES = [
  { count: 10, perMs: 1000, burst: 1, items: 10 },
  { count: 100, perMs: 1000, burst: 1, items: 150 },
  { count: 50, perMs: 500, burst: 5, items: 150 },
]

it.each(RATES)(
  '$count in $perMs ms, burst $burst: never more is granted, nothing starts early, and it is used',
  async ({ items, ...rate }) => {
    const played = await play(rate, items * FACTOR)
    const { grants, starts } = played
    figures(`${rate.count}/${rate.perMs} ms`, played, rate.perMs)
    expect(grants).toHaveLength(2 * items * FACTOR)
    // Times are whole ms, rounded up from the claim: spacing may look so much shorter.
    expect(fullest(grants, rate.perMs - 2)).toBeLessThanOrEqual(rate.count + rate.burst - 1)
    expect(starts).toHaveLength(grants.length)
    // In order of time each start has its grant before it: none is early, whichever process it was.
    for (const [i, { at }] of starts.entries()) expect(at).toBeGreaterThanOrEqual((grants[i]?.at ?? 0) - 3)
    // A machine that does other work at the same time gives slots away: what is possible is asked for below.
    expect(shareUsed(grants, rate)).toBeGreaterThanOrEqual(0.7)
    for (const pid of new Set(starts.map((one) => one.pid))) {
      expect(starts.filter((one) => one.pid === pid).length / starts.length).toBeGreaterThan(0.2)
    }
    expect(new Set(starts.map(({ pid }) => pid)).size).toBe(2)
  },
)

// Of the long form alone, which has the machine for itself. Once is enough: a slot that was let pass does not come again.
if (FACTOR > 1) {
  it.each(RATES)('95 % of $count in $perMs ms is used', { retry: 3 }, async ({ items, ...rate }) => {
    const { grants } = await play(rate, items)
    expect(shareUsed(grants, rate)).toBeGreaterThanOrEqual(0.95)
  })
}

it('a limit that was told to wait gives nothing to either process before its time', async () => {
  const rate = { count: 100, perMs: 1000, burst: 1 }
  const played = await play(rate, 100 * FACTOR, 0.03)
  figures('told to wait', played, rate.perMs)
  expect(told.length).toBeGreaterThan(0)
  expect(played.grants).toHaveLength(2 * 100 * FACTOR + told.length)
  for (const { from, to, forMs } of told) {
    const soon = played.grants.filter(({ at, askedAt }) => askedAt > to && at < from + forMs - 2)
    expect(soon).toEqual([])
    // What was granted before is granted 100 ms ahead at most.
    for (const { at, askedAt } of played.grants) if (askedAt <= from) expect(at).toBeLessThanOrEqual(to + 105)
  }
  for (const { at, grantedAt } of played.starts) expect(at).toBeGreaterThanOrEqual(grantedAt - 3)
  expect(fullest(played.grants, rate.perMs - 2)).toBeLessThanOrEqual(rate.count)
})
