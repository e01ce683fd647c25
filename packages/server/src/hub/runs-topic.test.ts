import { createSseDecoder, type Keyed, type Run, type Snapshot } from '@monofil/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Principal } from '../seams/auth.ts'
import type { RunStore } from '../seams/store.ts'
import type { Connection } from './connection.ts'
import { ENVELOPE } from './frames.ts'
import { RunsTopic } from './runs-topic.ts'
import { Subscription } from './subscription.ts'

const WINDOW = 50
const ADMIN: Principal = { sub: 'a', roles: ['admin'], topics: [], publish: [], expiresAtMs: null }

/** The n-th run; ids are in no order, since they decide only between runs of one moment. */
const runOf = (n: number, minute: number): Run => {
  const createdAt = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
  return { id: `run-${1000 + ((n * 619) % 1009)}`, createdAt, offset: n } as Run
}
const newest = (runs: readonly Run[]) =>
  runs.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id)).slice(0, WINDOW)
const idsOf = (runs: readonly Run[]) => runs.map(({ id }) => id)

function afterMessage(runs: readonly Run[], event: string, data: string): readonly Run[] {
  if (event === 'snapshot') return (JSON.parse(data) as Snapshot<Keyed<Run>[]>).data.flatMap((row) => row.data ?? [])
  const { key, data: run } = JSON.parse(data) as Keyed<Run>
  const others = runs.filter(({ id }) => id !== key)
  return run === null ? others : [...others, run]
}

/** The topic over these runs, and a reader of it that keeps the newest, as the client does. `seen`: after each message. */
async function follow(all: readonly Run[]) {
  const seen: (readonly Run[])[] = []
  const decoder = createSseDecoder({
    onMessage: ({ event, data }) => seen.push(newest(afterMessage(seen.at(-1) ?? [], event, data))),
  })
  const take = (bytes: Uint8Array) => decoder.feed(Buffer.from(bytes).toString())
  const list = async () => ({ items: newest(all), nextCursor: null })
  const topic = new RunsTopic({ list } as Partial<RunStore> as RunStore)
  const audience = await topic.audience(ADMIN)
  const connection = { write: take, push: take } as Partial<Connection> as Connection
  const sub = new Subscription(connection, audience, ENVELOPE)
  audience.attach(sub)
  audience.advance(sub)
  return { topic, seen }
}

test('a full list shows the newest after each change, and has no hole between two messages', async () => {
  // Runs of one moment, and some that were long pushed out and change once more.
  const step = fc.record({ minutes: fc.nat({ max: 1 }), again: fc.option(fc.nat()) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 80 }), async (steps) => {
      const all = Array.from({ length: 70 }, (_, n) => runOf(n, Math.floor(n / 4)))
      const { topic, seen } = await follow(all)
      let minute = 20
      for (const [index, { minutes, again }] of steps.entries()) {
        minute += minutes
        const offset = 100 + index
        const old = again === null ? undefined : all[again % all.length]
        if (old === undefined) all.push(runOf(offset, minute))
        topic.changed(old === undefined ? (all.at(-1) as Run) : { ...old, offset }, offset)
        expect(idsOf(seen.at(-1) ?? [])).toEqual(idsOf(newest(all)))
      }
      expect(seen.filter(({ length }) => length !== WINDOW)).toEqual([])
    }),
  )
})
