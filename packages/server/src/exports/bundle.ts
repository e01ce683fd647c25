import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import {
  BUNDLE_FORMAT,
  BUNDLE_LISTS,
  BUNDLE_VERSION,
  type BundleEnd,
  type BundleHead,
  type BundleList,
  type BundleNote,
  type Run,
  topicOfRun,
} from '@monofil/protocol'
import { envelopeJson } from '../hub/index.ts'
import type { Store } from '../seams/store.ts'
import { itemPages } from './item-pages.ts'

/** What a bundle is made from: `run` was read before all else. */
export interface BundleSource {
  readonly store: Pick<Store, 'runs' | 'log'>
  readonly run: Run
  readonly at: string
  readonly hubVersion: string
  readonly signal: AbortSignal
}

const LOG_LIMIT = 500
const LOG_BYTES = 128 * 1024
const LINES_LIMIT = 200

/** The bundle of a run, packed (gzip). */
export async function* bundleExport(source: BundleSource): AsyncGenerator<Uint8Array> {
  const gzip = createGzip()
  // Its failure comes out of gzip, which it destroys.
  const filled = pipeline(Readable.from(bundleText(source)), gzip).catch(() => undefined)
  try {
    yield* gzip as AsyncIterable<Uint8Array>
  } finally {
    gzip.destroy()
    await filled
  }
}

/** One JSON document whose lines can be read one by one: the head, the elements of each list, the end. */
async function* bundleText(source: BundleSource): AsyncGenerator<string> {
  const { run, at, hubVersion } = source
  const version = BUNDLE_VERSION
  const head: BundleHead = { format: BUNDLE_FORMAT, version, at, hub: { version: hubVersion }, run }
  yield `${JSON.stringify(head).slice(0, -1)},\n`
  const lengths: Record<BundleList, number> = { items: 0, log: 0, logs: 0, failures: 0, notes: 0 }
  const lists = listsOf(source)
  for (const name of BUNDLE_LISTS) {
    yield `"${name}":[\n`
    for await (const page of lists[name]()) {
      if (page.length === 0) continue
      yield `${lengths[name] === 0 ? '' : ','}${page.join('\n,')}\n`
      lengths[name] += page.length
    }
    yield '],\n'
  }
  const end: BundleEnd = lengths
  yield `"end":${JSON.stringify(end)}}\n`
}

/** Each list as pages of JSON; read in the order of `BUNDLE_LISTS`, since each says up to where the next one goes. */
function listsOf({ store, run, signal }: BundleSource): Record<BundleList, () => AsyncIterable<readonly string[]>> {
  const topic = topicOfRun(run.id)
  const notes: BundleNote[] = []
  let head = run.offset
  return {
    async *items() {
      for await (const page of itemPages(store.runs, run, {}, signal)) yield page.map((item) => JSON.stringify(item))
    },
    async *log() {
      // Read after the items, so that none of them is newer than what the log tells.
      const bounds = await store.log.bounds(topic)
      head = Math.max(head, bounds.head)
      notes.push(...notesOfLog(run, bounds.oldest, head))
      for (let after = 0; after < head; ) {
        const { events } = await store.log.read({ topic, after, limit: LOG_LIMIT, maxBytes: LOG_BYTES })
        if (events.length === 0) return
        after = events.at(-1)?.offset ?? head
        yield events.filter((event) => event.offset <= head).map(envelopeJson)
      }
    },
    async *logs() {
      let cursor: string | undefined
      do {
        const page = await store.runs.logs(run.id, { limit: LINES_LIMIT, cursor })
        if (cursor === undefined && page.cut > 0) notes.push(note('lines_cut', page.cut))
        const told = page.items.filter((line) => (line.offset ?? 0) <= head)
        yield told.map((line) => JSON.stringify(line))
        cursor = told.length < page.items.length ? undefined : (page.nextCursor ?? undefined)
      } while (cursor !== undefined)
    },
    async *failures() {
      const groups = await store.runs.failures(run.id)
      const short = groups.filter((group) => group.items.length < group.count)
      if (short.length > 0) notes.push(note('failures_cut', short.length))
      yield groups.map((group) => JSON.stringify(group))
    },
    async *notes() {
      yield notes.map((one) => JSON.stringify(one))
    },
  }
}

function notesOfLog(run: Run, oldest: number, head: number): BundleNote[] {
  return [
    ...(head > run.offset ? [note('live', head - run.offset)] : []),
    ...(oldest > 1 ? [note('log_cut', oldest - 1)] : []),
  ]
}

const WORDS: Readonly<Record<BundleNote['code'], (count: number) => string>> = {
  live: (count) => `The run went on while it was read: ${count} events of the log came after what run says.`,
  log_cut: (count) => `The ${count} oldest events of the log are gone.`,
  lines_cut: (count) => `The ${count} oldest log lines are gone: a run keeps only so many.`,
  failures_cut: (count) => `${count} groups of failures name only the first of their items.`,
}

function note(code: BundleNote['code'], count: number): BundleNote {
  return { code, message: WORDS[code](count), count }
}
