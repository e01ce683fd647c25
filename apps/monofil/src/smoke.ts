import { randomBytes } from 'node:crypto'
import { createClient, type MonofilClient } from '@monofil/client'
import { type Item, MonofilError, type Report, type Run } from '@monofil/protocol'
import { readRunStream } from './run-stream.ts'
import { Collector, collectTopic, takeMessage } from './smoke-collect.ts'
import { type Comparison, compareEvidence } from './smoke-compare.ts'

/** Time that the whole check may take; a hub that needs longer for 18 items is not well. */
const TIMEOUT_MS = 20_000
const STEPS = [
  { name: 'fetch', total: 6 },
  { name: 'measure', total: 12 },
] as const
const BATCH = 6

export interface SmokeOptions {
  readonly url: string
  /** Empty for none. */
  readonly token: string
  readonly signal: AbortSignal
}

export interface SmokeReport extends Comparison {
  readonly ok: boolean
  readonly runId: string
  readonly status: Run['status']
  /** Events in the run's log. */
  readonly events: number
  readonly ms: number
  /** The run's page in the console. */
  readonly page: string
}

/**
 * Makes a small run out of reports, follows it on its own stream and on the one connection at once, and compares
 * what came with what REST answers at the same offset.
 * @throws MonofilError when the hub does not answer, or a stream does not say what it should within 20 s.
 */
export async function smoke(options: SmokeOptions): Promise<SmokeReport> {
  const began = performance.now()
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const failure = new AbortController()
  const signal = AbortSignal.any([options.signal, timeout, failure.signal])
  const client = createClient({ url: options.url, ...(options.token === '' ? {} : { token: options.token }) })
  try {
    const id = `smoke-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`
    const run = await client.api.runs.start({ id, workflow: 'smoke', external: true, steps: STEPS, tags: ['smoke'] })
    const connection = new Collector()
    const stream = new Collector()
    const unsubscribe = collectTopic(client, id, connection, (error) => failure.abort(error))
    const [rest] = await Promise.all([
      drive(client, id, [connection, stream], signal),
      readRunStream({ ...options, runId: id, signal }, ({ event, data }) => takeMessage(stream, event, data)),
      connection.ended(signal),
    ])
    unsubscribe()
    const { items: restItems } = await client.api.runs.items(id, { limit: 200 })
    const evidence = { rest, restItems, stream, connection }
    return report(evidence, performance.now() - began, `${client.url.replace(/\/+$/, '')}${run.href}`)
  } catch (cause) {
    if (!timeout.aborted || options.signal.aborted) throw cause
    throw new MonofilError('internal', `The run's streams did not get to its end within ${TIMEOUT_MS / 1000} s.`, {
      cause,
    })
  } finally {
    failure.abort()
    client.close()
  }
}

function report(
  evidence: { rest: readonly Run[]; restItems: readonly Item[]; stream: Collector; connection: Collector },
  ms: number,
  page: string,
): SmokeReport {
  const { states, mismatches: found } = compareEvidence(evidence)
  const last = evidence.rest.at(-1)
  const status = last?.status ?? 'queued'
  const mismatches = status === 'completed' ? found : [...found, `the run ended ${status} instead of completed`]
  const ok = mismatches.length === 0
  const { events } = evidence.connection
  return { ok, states, mismatches, runId: last?.id ?? '', status, events: events.length, ms: Math.round(ms), page }
}

/** Reports the run's work in batches; after each, both streams must come to the offset at which REST answers. */
async function drive(
  client: MonofilClient,
  id: string,
  followers: readonly Collector[],
  signal: AbortSignal,
): Promise<readonly Run[]> {
  const rest: Run[] = []
  for (const reports of batches()) {
    await client.api.runs.report(id, reports)
    const run = await client.api.runs.get(id)
    rest.push(run)
    await Promise.all(followers.map((follower) => follower.reached(run.offset, signal)))
  }
  await client.api.runs.report(id, [{ id: 'end', status: 'completed', result: { checked: true } }])
  rest.push(await client.api.runs.get(id))
  return rest
}

function* batches(): Generator<Report[]> {
  for (const step of STEPS) {
    for (let from = 0; from < step.total; from += BATCH) {
      const items = Array.from({ length: BATCH }, (_, index) => `item-${from + index + 1}`)
      const started = items.map((item) => ({ id: `${step.name}-${item}-on`, step: step.name, item, status: 'running' }))
      const log = { id: `${step.name}-${from}-log`, step: step.name, log: `${step.name} from item ${from + 1}` }
      yield [...(started as Report[]), log]
      yield items.map((item, index) => ({
        id: `${step.name}-${item}-off`,
        step: step.name,
        item,
        status: 'completed',
        result: { number: from + index + 1 },
      }))
    }
  }
}
