/** `npm run bench -- [case …] [--rounds N] [--against CHECKOUT]`: measures, and prints one table of ratios. See README.md. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { against } from './against.ts'
import { fanOut, type Measure, memory, type Peer, storm } from './fan-out.ts'
import { ingestInProcess, ingestOverHttp } from './ingest.ts'
import { ledgerTables } from './ledger-tables.ts'
import { loadClient } from './loader.ts'
import { notices } from './notices.ts'
import { pixels } from './pixels.ts'
import { polling } from './polling.ts'
import { screen } from './screen.ts'
import { shuffled, spread, table } from './table.ts'

interface Case {
  readonly measure: Measure
  readonly unit: string
  /** Whether more is better, and so which way round the ratio is. */
  readonly more: boolean
}

const PEERS: readonly Peer[] = ['monofil', 'better-sse', 'plain']
const COMPARED: Readonly<Record<string, Case>> = {
  'fanout-single': { measure: fanOut(1000, 1), unit: 'deliveries/s', more: true },
  'fanout-burst': { measure: fanOut(1000, 16), unit: 'deliveries/s', more: true },
  'fanout-10k': { measure: fanOut(10_000, 1), unit: 'deliveries/s', more: true },
  memory: { measure: memory(10_000), unit: 'kB/connection', more: false },
  storm: { measure: storm(10_000), unit: 'connections/s', more: true },
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, against: { type: 'string' } },
  allowPositionals: true,
})
const rounds = Number(values.rounds)
// Two checkouts are compared alone: what else is there has peers, or no pair.
const wanted = (name: string): boolean =>
  values.against === undefined && (positionals.length === 0 || positionals.includes(name))
const print = (text: string): void => void process.stdout.write(`${text}\n`)

async function compare(name: string, { measure, unit, more }: Case, loader: string): Promise<string[]> {
  const seen: Record<Peer, number[]> = { monofil: [], 'better-sse': [], plain: [] }
  let client = 0
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of shuffled(PEERS)) {
      const { value, load } = await measure(peer, loader)
      if (load.conn_err > 0 || load.closed > 0) print(`${name} ${peer}: ${load.conn_err} errors, ${load.closed} closed`)
      seen[peer].push(value)
      client = Math.max(client, load.cli)
    }
  }
  const ratio = (peer: Peer): string =>
    spread(seen.monofil.map((ours, i) => (more ? ours / (seen[peer][i] ?? 0) : (seen[peer][i] ?? 0) / ours)))
  const digits = more ? 0 : 1
  const figures = PEERS.map((peer) => spread(seen[peer], digits))
  return [name, unit, ...figures, ratio('better-sse'), ratio('plain'), client.toFixed(2)]
}

async function ingest(loader: string, slowMs: number): Promise<string[][]> {
  const rows: string[][] = []
  const kinds = {
    'in process, 1 event': () => ingestInProcess(slowMs),
    'HTTP, 1 event a request': () => ingestOverHttp(loader, slowMs, { batch: 1 }),
    'HTTP, 16 events a request': () => ingestOverHttp(loader, slowMs, { batch: 16 }),
  }
  for (const [kind, measure] of Object.entries(kinds)) {
    const results = []
    for (let round = 0; round < rounds; round += 1) results.push(await measure())
    const rates = spread(
      results.map((result) => result.eventsPerSecond),
      0,
    )
    rows.push([`${slowMs} ms on every fsync, ${kind}`, rates, spread(results.map((result) => result.loopP99Ms))])
  }
  return rows
}

async function items(): Promise<string[]> {
  const script = join(import.meta.dirname, 'servers', 'items.ts')
  const results: { all: number; first: number; last: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@monofil/source', script])
    results.push(JSON.parse(stdout) as { all: number; first: number; last: number })
  }
  return (['all', 'first', 'last'] as const).map((part) =>
    spread(
      results.map((result) => result[part]),
      0,
    ),
  )
}

// Those that drive a browser or processes of their own need no load client.
const needsLoader =
  positionals.length === 0 ||
  positionals.some((name) => !['polling', 'items', 'ledger', 'screen', 'pixels', 'notices'].includes(name))
const loader = needsLoader ? loadClient() : ''
if (values.against !== undefined) print(table(await against(values.against, loader, rounds)))
const compared = [['case', 'unit', ...PEERS, 'ratio to better-sse', 'ratio to plain', 'client']]
for (const [name, entry] of Object.entries(COMPARED)) {
  if (wanted(name)) compared.push(await compare(name, entry, loader))
}
if (compared.length > 1) print(table(compared))
const ingested = [['ingest, 64 publishers in flight', 'durable events/s', 'event loop delay p99, ms']]
if (wanted('ingest')) ingested.push(...(await ingest(loader, 0)))
if (wanted('ingest-slow-disk')) ingested.push(...(await ingest(loader, 2)))
if (ingested.length > 1) print(table(ingested))
if (wanted('polling')) print(table(await polling(rounds)))
if (wanted('pixels')) print(table(await pixels(rounds)))
if (wanted('screen')) print(table(await screen(rounds)))
if (wanted('items')) print(table([['no-op items/s', 'first tenth', 'last tenth'], await items()]))
if (wanted('ledger')) for (const rows of await ledgerTables()) print(table(rows))
if (wanted('notices')) for (const rows of await notices(rounds)) print(table(rows))
