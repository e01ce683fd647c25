/** REST and the streams agree while runs live: every view is held against the log at its offset, and the commits. */
import { ITEM_STATUSES, type Item, isTerminal, type Run } from '@monofil/protocol'
import { createWorker, type Worker } from '@monofil/server/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Eyes, Judge } from './agreement-judge.ts'
import { control, type Life, mixedWorkflow, patch, pick, report, rest } from './agreement-life.ts'
import { RunReader, StreamReader } from './agreement-readers.ts'
import { keyOf } from './agreement-timeline.ts'
import { wordOf } from './agreement-words.ts'
import { seeded } from './random.ts'
import { startHub, type TestHub } from './server.ts'

const LONG = process.env['TEST_LONG'] !== undefined
const COMPARISONS = LONG ? 10_000 : 1000
const SEED = Number(process.env['TEST_SEED'] ?? 1)
const RUNS = 6
const ASKERS = 4
/** How many runs the topic `runs` shows. */
const WINDOW = 50

let hub: TestHub
let worker: Worker
let life: Life
const judge = new Judge()
const random = seeded(SEED)
const ids: string[] = []
const own = new Map<string, RunReader>()

beforeAll(async () => {
  // Small parts, so that a snapshot has several.
  hub = await startHub({ settings: { snapshotFirst: 7, snapshotItems: 20, snapshotMaxAgeMs: 20 } })
  hub.bus.listen((message) => {
    if (message.kind === 'commit') judge.words.take(message.commit)
  })
  worker = createWorker({ store: hub.store, bus: hub.bus, workflows: [mixedWorkflow(random)], id: 'w1' })
  await worker.start()
  life = { hub, judge, random }
})
afterAll(async () => {
  await worker.stop({ graceMs: 0 })
  await hub.close()
})

async function start(main: StreamReader): Promise<void> {
  const id = `r${ids.length + 1}`
  const external = ids.length % 3 === 2
  const made = external ? { workflow: 'elsewhere', external, total: 20 } : { workflow: 'mixed' }
  expect((await hub.call('POST', '/v1/runs', { id, ...made })).status).toBe(201)
  await main.subscribe(`run:${id}`, '0')
  const reader = new RunReader(hub, judge, id)
  own.set(id, reader)
  await reader.reopen()
  ids.push(id)
}

/** The runs that go on; older ones are left as they are. */
const live = () => ids.slice(-RUNS)

async function ask(eyes: Eyes): Promise<void> {
  const id = pick(random, live())
  if (random() < 0.6) {
    const { status, body } = await hub.call<Run>('GET', `/v1/runs/${id}`)
    expect(status).toBe(200)
    eyes.look(body)
    judge.view(body)
  } else {
    const filter = random() < 0.3 ? `&status=${pick(random, ITEM_STATUSES)}` : ''
    const page = await hub.call<{ items: readonly Item[] }>(
      'GET',
      `/v1/runs/${id}/items?limit=${1 + Math.floor(random() * 60)}${filter}`,
    )
    expect(page.status).toBe(200)
    judge.items(page.body.items)
  }
  judge.compared += 1
}

async function act(main: StreamReader, other: StreamReader, eyes: Eyes): Promise<void> {
  const chance = random()
  const id = pick(random, live())
  const isExternal = (ids.indexOf(id) + 1) % 3 === 0
  if (chance < 0.06) await control(life, id)
  else if (chance < 0.16 && isExternal) await report(life, id)
  else if (chance < 0.18) await patch(life, id)
  else if (chance < 0.2) await own.get(id)?.reopen()
  else await ask(eyes)
  main.pump()
  other.pump()
  for (const reader of own.values()) reader.pump()
  judge.settle()
}

async function goOn(main: StreamReader, other: StreamReader): Promise<void> {
  const topics = () => [...live().map((id) => `run:${id}`), 'runs']
  let turns = 0
  const asker = async (_: unknown, index: number): Promise<void> => {
    const eyes = new Eyes()
    while (judge.compared < COMPARISONS) {
      await act(main, other, eyes)
      if (index > 0) continue
      turns += 1
      if (turns % 40 === 0) await other.reopen(random, topics())
      const over = live().filter((id) => isTerminal(judge.words.newest(id).status)).length
      if (over > RUNS / 2) await start(main)
    }
  }
  await Promise.all(Array.from({ length: ASKERS }, asker))
}

async function itemsOf(id: string, status?: string): Promise<Item[]> {
  const items: Item[] = []
  let cursor = ''
  do {
    const query = `limit=37${status === undefined ? '' : `&status=${status}`}${cursor}`
    const { body } = await hub.call<{ items: Item[]; nextCursor: string | null }>(
      'GET',
      `/v1/runs/${id}/items?${query}`,
    )
    items.push(...body.items)
    cursor = body.nextCursor === null ? 'end' : `&cursor=${encodeURIComponent(body.nextCursor)}`
  } while (cursor !== 'end')
  return items
}

/** With nothing under way, REST, the log, the state topic and the rows themselves are one. */
async function compareAtRest(id: string, readers: readonly StreamReader[]): Promise<void> {
  const { body: run } = await hub.call<Run>('GET', `/v1/runs/${id}`)
  expect(run).toEqual(judge.words.newest(id))
  const timeline = judge.timeline(id)
  const main = readers[0] as StreamReader
  expect(timeline.head).toBe(run.offset)
  const items = await itemsOf(id)
  expect(items.map((item) => `${keyOf(item)} ${item.offset}`).sort()).toEqual(
    [...timeline.items].map(([key, item]) => `${key} ${item.offset}`).sort(),
  )
  for (const item of items) timeline.compareItem(item)
  for (const status of ITEM_STATUSES) {
    const holds = isTerminal(run.status) ? 'cancelled' : 'queued'
    const unmentioned = status === holds ? run.counts.total - items.length : 0
    expect((await itemsOf(id, status)).length + unmentioned).toBe(run.counts[status])
  }
  const row = wordOf(run)
  expect(main.rows.get(id)).toEqual(ids.indexOf(id) < ids.length - WINDOW ? null : row)
  for (const reader of readers) expect(reader.newest.get(id)).toEqual(row)
}

it(`REST and streams agree in ${COMPARISONS} comparisons while the runs live`, async () => {
  const main = new StreamReader(hub, judge, 'main')
  const other = new StreamReader(hub, judge, 'other')
  await main.open(['runs'])
  for (let n = 0; n < RUNS; n += 1) await start(main)
  await other.reopen(random, ['runs', 'run:r1'])
  await goOn(main, other)
  for (const id of ids) await rest(life, id)
  // What no event tells must reach those, too, who come to a run that stands still.
  const topics = [...live().map((id) => `run:${id}`), 'runs']
  const snapshots = () => 1
  await other.reopen(snapshots, topics)
  await expect.poll(() => live().every((id) => other.has(judge.words.newest(id)) || other.pump())).toBe(true)
  for (const id of live()) await patch(life, id)
  await other.reopen(snapshots, topics)
  const readersOf = (id: string) => (other.reads(id) ? [main, other] : [main])
  const behind = () => {
    main.pump()
    other.pump()
    for (const reader of own.values()) reader.pump()
    const unheard = ids.flatMap((id) => readersOf(id).filter((reader) => !reader.has(judge.words.newest(id))))
    return judge.settle() + unheard.length
  }
  // Who never comes to it is shown below, with what it has instead.
  await expect
    .poll(behind)
    .toBe(0)
    .catch(() => expect(judge.unfounded()).toEqual([]))
  for (const id of ids) await compareAtRest(id, readersOf(id))
  const rounds = ids.reduce((sum, id) => sum + judge.words.newest(id).round, 0)
  expect(rounds).toBeGreaterThan(ids.length)
  if (LONG)
    console.log(`${judge.compared} answers, ${judge.streamed} stream words, ${ids.length} runs, ${rounds} rounds`)
}, 300_000)
