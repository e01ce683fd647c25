import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MonofilError, type TextEvent, topicOfRun } from '@monofil/protocol'
import { type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import type { Store } from '../seams/store.ts'
import { createWorker, defineWorkflow, loadWorkflows, type StepContext, type Worker } from './index.ts'

let owner: Owner
let store: Store
const workers: Worker[] = []
beforeEach(async () => {
  owner = await openOwner(createLocalBus)
  store = owner.store
})
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop({ graceMs: 0 })))
  await owner.close()
})

async function begin(handler: (ctx: StepContext) => unknown, more: object = {}, retry = 0): Promise<void> {
  const flow = defineWorkflow({
    name: 'speaks',
    steps: (step) => [step('only', { retry: { retries: retry, minMs: 1, maxMs: 1 } }, handler)],
  })
  const worker = createWorker({ store, bus: owner.bus, workflows: [flow], id: `w${workers.length}`, ...more })
  workers.push(worker)
  await worker.start()
}
const statusOf = async (id: string) => (await store.runs.get(id))?.status
const textOf = (runId: string, name = 'text') => store.runs.text({ runId, item: 'only', name })
async function eventsOf(id: string): Promise<TextEvent[]> {
  const page = await store.log.read({ topic: topicOfRun(id), after: 0, limit: 100_000, maxBytes: 1e9 })
  return page.events.flatMap(({ type, dataJson }) => (type === 'text' ? [JSON.parse(dataJson) as TextEvent] : []))
}
/** What a reader of the log has in the end. */
const folded = (events: readonly TextEvent[]) =>
  events.reduce((text, event) => text.slice(0, event.position) + event.text, '')

it('keeps what was said, whatever the pieces: characters cut in two, pauses, nothing at all', async () => {
  let chunks: readonly string[] = []
  await begin(async (ctx) => {
    async function* tokens() {
      for (const [i, chunk] of chunks.entries()) {
        yield chunk
        if (i % 3 === 0) await pause(1)
      }
    }
    return await ctx.text().pipe(tokens())
  })
  // Of UTF-16 units, so that a character of two is often cut in two.
  const said = fc.string({ unit: 'grapheme', maxLength: 200 })
  const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 30 })
  let n = 0
  await fc.assert(
    fc.asyncProperty(said, cuts, async (text, places) => {
      const at = [0, ...places.filter((place) => place <= text.length).sort((a, b) => a - b), text.length]
      chunks = at.slice(1).map((to, i) => text.slice(at[i], to))
      const id = `r${++n}`
      await startRun(store, id, 'speaks')
      await expect.poll(() => statusOf(id)).toBe('completed')
      expect(await textOf(id)).toMatchObject({ text, length: text.length, done: true, cut: false })
      const events = await eventsOf(id)
      expect(folded(events)).toBe(text)
      expect(events.at(-1)).toMatchObject({ done: true })
    }),
    { numRuns: 20 },
  )
})

it('an attempt that fails leaves its text for the next to begin anew; one that is cut off says no more', async () => {
  let late: (() => void) | undefined
  await begin(
    async (ctx) => {
      const text = ctx.text('answer')
      expect(ctx.text('answer')).toBe(text)
      text.write(`attempt ${ctx.attempt}`)
      late = () => text.write(' and more')
      if (ctx.attempt === 1) throw new Error('no')
      return null
    },
    {},
    1,
  )
  await startRun(store, 'r1', 'speaks')
  await expect.poll(() => statusOf('r1')).toBe('completed')
  expect(await textOf('r1', 'answer')).toMatchObject({ attempt: 2, text: 'attempt 2', done: true })
  expect(await eventsOf('r1')).toMatchObject([
    { attempt: 1, position: 0, text: 'attempt 1' },
    { attempt: 2, position: 0, text: 'attempt 2' },
  ])
  expect(late).toThrow('ended')
})

it('an outcome waits for what its item said: a store that is away loses neither', async () => {
  let refusals = 3
  const away = () => Promise.reject(new MonofilError('store_unavailable', 'away'))
  const work = {
    ...store.work,
    texts: (...args: Parameters<Store['work']['texts']>) => (refusals-- > 0 ? away() : store.work.texts(...args)),
  }
  const flaky = { ...store, epoch: store.epoch, work, close: () => store.close() } as Store
  await begin(
    (ctx) => {
      for (let i = 0; i < 100; i += 1) ctx.text().write(`${i} `)
      ctx.kpi('done', 100, { unit: '%', data: { of: 1 } })
      return null
    },
    { store: flaky },
  )
  await startRun(store, 'r1', 'speaks')
  await expect.poll(() => statusOf('r1')).toBe('completed')
  expect(refusals).toBeLessThan(0)
  expect((await textOf('r1'))?.text).toBe(Array.from({ length: 100 }, (_, i) => `${i} `).join(''))
  expect(await store.kpis.get('done')).toMatchObject({ value: 100, unit: '%', data: { of: 1 } })
})

it('a text ends at its limit with a mark, and a wrong KPI or name fails its attempt in words', async () => {
  await begin(
    (ctx) => {
      ctx.text().write('x'.repeat(60))
      ctx.text().write('y'.repeat(60))
      ctx.text().write('z'.repeat(60))
      expect(ctx.text().length).toBe(180)
      expect(() => ctx.kpi('a b', 1)).toThrow(/name is an id/)
      expect(() => ctx.text('')).toThrow(/printable/)
      return null
    },
    { maxTextChars: 100 },
  )
  await startRun(store, 'r1', 'speaks')
  await expect.poll(() => statusOf('r1')).toBe('completed')
  expect(await textOf('r1')).toMatchObject({ text: `${'x'.repeat(60)}${'y'.repeat(40)}`, cut: true, done: true })
})

it('many texts at once go rarely rather than one by one', async () => {
  await begin(async (ctx) => {
    const texts = Array.from({ length: 100 }, (_, i) => ctx.text(`t${i}`))
    for (let n = 0; n < 50; n += 1) {
      for (const text of texts) text.write('token ')
      await pause(5)
    }
  })
  await startRun(store, 'r1', 'speaks')
  await expect.poll(() => statusOf('r1')).toBe('completed')
  for (const i of [0, 99]) expect((await textOf('r1', `t${i}`))?.text).toBe('token '.repeat(50))
  // 5,000 tokens, of which each would be an event and a row.
  expect((await eventsOf('r1')).length).toBeLessThan(1_500)
})

const INDEX = JSON.stringify(new URL('./index.ts', import.meta.url).href)
const FLOW = `
import { setTimeout as wait } from 'node:timers/promises'
import { defineWorkflow } from ${INDEX}
export default defineWorkflow({ name: 'speaks', steps: (step) => [step('only', async (ctx) => {
  const text = ctx.text()
  for (let n = 0; n < 50; n += 1) {
    text.write(n + ' ')
    if (n === 25 && ctx.input.dies) await wait(600000)
    await wait(2)
  }
})] })
`
const ENTRY = `
import { runWorkerProcess } from ${INDEX}
const [dir, file] = process.argv.slice(2)
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const worker = await runWorkerProcess({ dir, id: 'doomed', files: [file], logger })
process.send('ready')
await worker.stopped
process.exit(0)
`

it('a worker that is killed in the middle of a text: the next attempt says it whole', async () => {
  const file = join(owner.dir, 'flow.mjs')
  await writeFile(file, FLOW)
  await writeFile(join(owner.dir, 'entry.mjs'), ENTRY)
  const child = fork(join(owner.dir, 'entry.mjs'), [owner.dir, file], { execArgv: ['--conditions=@monofil/source'] })
  await once(child, 'message')
  await startRun(store, 'r1', 'speaks', { dies: true })
  await expect.poll(async () => (await textOf('r1'))?.text).toMatch(/25 $/)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await writeFile(join(owner.dir, 'flow2.mjs'), FLOW.replace('n === 25', 'false'))
  const workflows = await loadWorkflows([join(owner.dir, 'flow2.mjs')])
  const worker = createWorker({ store, bus: owner.bus, workflows, id: 'next' })
  workers.push(worker)
  await worker.start()
  await expect.poll(() => statusOf('r1'), { timeout: 20_000 }).toBe('completed')
  const whole = Array.from({ length: 50 }, (_, n) => `${n} `).join('')
  expect(await textOf('r1')).toMatchObject({ attempt: 2, text: whole, done: true })
  const events = await eventsOf('r1')
  expect(folded(events)).toBe(whole)
  expect(events.find(({ attempt }) => attempt === 2)).toMatchObject({ position: 0 })
}, 30_000)
