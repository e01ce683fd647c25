import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ingestInProcess } from './ingest.ts'
import type { LoopFigures } from './servers/loop-meter.ts'
import { shuffled, spread } from './table.ts'

/** Streams that are open, and known users, of the notification to all. */
const STREAMS = Number(process.env['BENCH_STREAMS'] ?? 10_000)
const PEOPLE = Number(process.env['BENCH_PEOPLE'] ?? 100_000)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
/** Data of the notification to all. */
const BYTES = Number(process.env['BENCH_BYTES'] ?? 0)

const KINDS = { monofil: 'notices.ts', 'by hand': 'notices-by-hand.ts' } as const
type Kind = keyof typeof KINDS

interface Single extends LoopFigures {
  /** Accepted a second. */
  readonly rate: number
  readonly p50Ms: number
  readonly p99MsToPage: number
}
interface Broadcast extends LoopFigures {
  readonly answeredMs: number
  readonly lastPageMs: number
  readonly allMs: number
}
interface Seen {
  readonly inProcess: Single
  readonly overHttp: Single
  readonly toAll: Broadcast
  readonly toAllWithReceipts: Broadcast
  readonly load: number
}

/** A process of the benchmark that is asked one thing at a time. */
class Actor {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown[]>

  constructor(script: string, env: Readonly<Record<string, string>> = {}) {
    const execArgv = ['--conditions=@monofil/source']
    this.#child = fork(join(import.meta.dirname, script), {
      execArgv,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    })
    this.#ended = once(this.#child, 'exit')
  }

  async hear<T>(): Promise<T> {
    const [message] = await Promise.race([once(this.#child, 'message'), this.#ended])
    // What it ended with is a number, or null for a signal.
    if (typeof message === 'object' && message !== null) return message as T
    throw new Error(`a process of the benchmark ended with ${String(message)}`)
  }

  ask<T>(deed: string, more: object = {}): Promise<T> {
    const answer = this.hear<T>()
    this.#child.send({ deed, users: 0, seconds: SECONDS, bytes: 0, streams: STREAMS, receipts: false, ...more })
    return answer
  }

  async end(): Promise<void> {
    this.#child.disconnect()
    await this.#ended
  }
}

type Came = { total: number; exactlyOne: number; p50Ms: number; p99Ms: number; maxMs: number; unsaid: number }

/** Waits until the pages have so many. */
async function until(client: Actor, what: (came: Came) => boolean): Promise<Came> {
  for (let n = 0; n < 3_000; n += 1) {
    const came = await client.ask<Came>('seen')
    if (what(came)) return came
    await wait(20)
  }
  throw new Error('pages did not get what they are owed')
}

async function single(server: Actor, client: Actor, isHttp: boolean): Promise<Single> {
  await client.ask('forget')
  if (isHttp) await server.ask('meter')
  type Sent = LoopFigures & { accepted: number; rate: number }
  const sent = await (isHttp ? client : server).ask<Sent>('send', { users: STREAMS })
  const loop = isHttp ? await server.ask<LoopFigures>('read') : sent
  const { p50Ms, p99Ms: p99MsToPage } = await until(client, ({ total }) => total === sent.accepted)
  return { ...loop, rate: sent.rate, p50Ms, p99MsToPage }
}

async function toAll(server: Actor, client: Actor, receipts: boolean): Promise<Broadcast> {
  await client.ask('forget', { receipts })
  const sent = await server.ask<{ answeredMs: number; allMs: number }>('broadcast', { users: PEOPLE, bytes: BYTES })
  const came = await until(client, ({ exactlyOne, unsaid }) => exactlyOne === STREAMS && unsaid === 0)
  if (receipts) await wait(500)
  return { ...sent, ...(await server.ask<LoopFigures>('read')), lastPageMs: came.maxMs }
}

async function measure(kind: Kind): Promise<Seen> {
  const server = new Actor(join('servers', KINDS[kind]))
  const { port } = await server.hear<{ port: number }>()
  const client = new Actor('notice-client.ts', { PORT: String(port) })
  await client.hear()
  await client.ask('open')
  const inProcess = await single(server, client, false)
  const overHttp = await single(server, client, true)
  await server.ask('meet', { users: PEOPLE })
  const all = await toAll(server, client, false)
  const isOurs = kind === 'monofil'
  // By hand nobody says what was shown.
  const toAllWithReceipts = isOurs ? await toAll(server, client, true) : all
  await client.end()
  await server.end()
  return { inProcess, overHttp, toAll: all, toAllWithReceipts, load: loadavg()[0] ?? 0 }
}

/** Notifications to one user each, and one to many known users, beside what one writes by hand: two tables. */
export async function notices(rounds: number): Promise<readonly string[][][]> {
  const seen: Record<Kind, Seen[]> = { monofil: [], 'by hand': [] }
  const appended: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of shuffled(Object.keys(KINDS) as Kind[])) seen[kind].push(await measure(kind))
    appended.push((await ingestInProcess(0)).eventsPerSecond)
  }
  return [singles(seen, appended), broadcasts(seen)]
}

function singles(seen: Readonly<Record<Kind, readonly Seen[]>>, appended: readonly number[]): string[][] {
  const row = (name: string, kind: Kind, way: 'inProcess' | 'overHttp', ratio: string): string[] => {
    const of = (figure: (one: Single) => number, digits = 0) =>
      spread(
        seen[kind].map((one) => figure(one[way])),
        digits,
      )
    const load = spread(
      seen[kind].map((one) => one.load),
      1,
    )
    return [
      ...[name, of((one) => one.rate), ratio, of((one) => one.p50Ms), of((one) => one.p99MsToPage)],
      ...[of((one) => one.p99Ms, 1), of((one) => one.maxMs, 1), of((one) => one.maxCpuMs, 1), load],
    ]
  }
  const byHand = (way: 'inProcess' | 'overHttp') =>
    spread(seen.monofil.map((ours, i) => ours[way].rate / (seen['by hand'][i]?.[way].rate ?? 0)))
  const toEvents = spread(seen.monofil.map((ours, i) => ours.inProcess.rate / (appended[i] ?? 0)))
  return [
    [
      ...[
        `to one of ${STREAMS} users, 64 senders`,
        'accepted and delivered/s',
        'ratio to by hand',
        'to the page p50, ms',
      ],
      ...['p99, ms', 'loop delay p99, ms', 'longest, ms', 'longest turn, ms of CPU', 'load'],
    ],
    row('in process', 'monofil', 'inProcess', byHand('inProcess')),
    row('over HTTP, one a request', 'monofil', 'overHttp', byHand('overHttp')),
    row('by hand, in process', 'by hand', 'inProcess', ''),
    row('by hand, over HTTP', 'by hand', 'overHttp', ''),
    ['events of a topic, in process', spread(appended, 0), `${toEvents} of them`, '', '', '', '', '', ''],
  ]
}

function broadcasts(seen: Readonly<Record<Kind, readonly Seen[]>>): string[][] {
  const row = (name: string, kind: Kind, way: 'toAll' | 'toAllWithReceipts'): string[] => {
    const of = (figure: (one: Broadcast) => number, digits = 0) =>
      spread(
        seen[kind].map((one) => figure(one[way])),
        digits,
      )
    return [
      ...[name, of((one) => one.answeredMs), of((one) => one.lastPageMs), of((one) => one.allMs)],
      ...[of((one) => one.p99Ms, 1), of((one) => one.maxMs, 1), of((one) => one.maxCpuMs, 1)],
      spread(
        seen[kind].map((one) => one.load),
        1,
      ),
    ]
  }
  return [
    [
      ...[`to all ${PEOPLE}, ${STREAMS} of them live`, 'answered, ms', 'on the last page, ms', 'in the last inbox, ms'],
      ...['loop delay p99, ms', 'longest, ms', 'longest turn, ms of CPU', 'load'],
    ],
    row('Monofil', 'monofil', 'toAll'),
    row('Monofil, each page says that it shows it', 'monofil', 'toAllWithReceipts'),
    row('by hand, one transaction', 'by hand', 'toAll'),
  ]
}
