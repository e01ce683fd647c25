import { randomBytes } from 'node:crypto'
import { loadavg } from 'node:os'
import { issueToken } from '@monofil/server'
import { fanOut, storm } from './fan-out.ts'
import { ingestOverHttp } from './ingest.ts'
import type { Served } from './server-process.ts'
import { shuffled, spread } from './table.ts'

type Arm = 'before' | 'after' | 'tokens'
const ARMS: readonly Arm[] = ['before', 'after', 'tokens']

/** What one arm did: so many a second, and what each took of the server's CPU, in µs. */
interface Seen {
  readonly rate: number
  readonly cpu: number
}
type Figure = (loader: string, served: Served) => Promise<Seen>

const FIGURES: Readonly<Record<string, Figure>> = {
  'fan-out to 1,000, a delivery': async (loader, served) => {
    const { load } = await fanOut(1000, 1)('monofil', loader, served)
    return { rate: load.del_s, cpu: (load.srv / load.del_s) * 1e6 }
  },
  'ingest over HTTP, a request': async (loader, served) => {
    const { eventsPerSecond: rate, cores } = await ingestOverHttp(loader, 0, { batch: 1, served })
    return { rate, cpu: (cores / rate) * 1e6 }
  },
  'storm of 4,000, a connection': async (loader, served) => {
    const { load } = await storm(4000)('monofil', loader, served)
    return { rate: load.conn_s, cpu: (load.conn_srvcpu / load.conn_s) * 1e6 }
  },
}

/**
 * Monofil of this checkout against that of another one: `before` is the other, `after` this one, both without keys,
 * `tokens` this one where every request brings a token (HS256). The arms of a round follow each other in random order;
 * the ratios are those within rounds. CPU is told beside the rate, for it minds the neighbours of a shared machine less.
 */
export async function against(other: string, loader: string, rounds: number): Promise<string[][]> {
  const served: Readonly<Record<Arm, Served>> = { before: { from: other }, after: {}, tokens: await withTokens() }
  const rows: string[][] = [['', 'of', ...ARMS, 'after / before', 'tokens / before', 'tokens / after', 'load']]
  for (const [name, figure] of Object.entries(FIGURES)) {
    const seen: Record<Arm, Seen[]> = { before: [], after: [], tokens: [] }
    const loads: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      for (const arm of shuffled(ARMS)) seen[arm].push(await figure(loader, served[arm]))
      loads.push(loadavg()[0] ?? 0)
    }
    for (const what of ['cpu', 'rate'] as const) {
      const ratio = (one: Arm, to: Arm) =>
        spread(seen[one].map((value, round) => value[what] / (seen[to][round]?.[what] ?? 0)))
      const figures = ARMS.map((arm) =>
        spread(
          seen[arm].map((value) => value[what]),
          what === 'cpu' ? 2 : 0,
        ),
      )
      const ratios = [ratio('after', 'before'), ratio('tokens', 'before'), ratio('tokens', 'after')]
      rows.push([name, what === 'cpu' ? 'CPU, µs' : 'a second', ...figures, ...ratios, spread(loads, 1)])
    }
  }
  return rows
}

async function withTokens(): Promise<Served> {
  const secret = randomBytes(32).toString('hex')
  const rights = { topics: ['bench-*', 'idle'], publish: ['bench-*', 'idle'] }
  const token = await issueToken({ sub: 'bench', ...rights, lifeMs: 3_600_000 }, { secret })
  return { env: { BENCH_SECRET: secret }, token }
}
