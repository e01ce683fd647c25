import type { Envelope, TextEvent } from '@monofil/protocol'
import { startHub, type TestHub } from '@monofil/testkit'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../index.ts'
import type { MonofilClient } from '../types.ts'
import { type KnownText, TextFold } from './text-fold.ts'
import { type TextView, watchText } from './watch-text.ts'

const EPOCH = 'abcdefgh'

describe('what is known of a text', () => {
  // What is said, where each piece goes back to, and when the answers come and what they are of.
  const pieces = fc.array(
    fc.record({
      text: fc.string({ maxLength: 5 }),
      back: fc.option(fc.nat({ max: 8 }), { freq: 5 }),
      asks: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  )

  it('is what the log says, wherever the answer comes in, and whichever pieces come twice or not at all', () => {
    fc.assert(
      fc.property(pieces, fc.nat({ max: 3 }), fc.nat({ max: 20 }), (said, delay, lost) => {
        const log: { event: Envelope; after: KnownText }[] = []
        for (const { text: more, back } of said) {
          const before = log.at(-1)?.after.text ?? ''
          const position = back === null ? before.length : Math.min(back, before.length)
          const data: TextEvent = { step: 's', item: 'a', attempt: 1, name: 'text', position, text: more }
          const event = { topic: 'run:r', epoch: EPOCH, offset: log.length + 1, type: 'text', data, at: '' }
          const text = before.slice(0, position) + more
          const after = { step: 's', attempt: 1, text, done: false, cut: false, epoch: EPOCH, offset: log.length + 1 }
          log.push({ event, after })
        }
        const fold = new TextFold({ item: 'a' })
        let asked: number | null = null
        const ask = () => {
          fold.ask()
          asked = 0
        }
        ask()
        for (const [i, { event, after }] of log.entries()) {
          // A piece that is lost is read again with what comes next, as after a gap.
          if (i === lost) continue
          if (said[i]?.asks === true) ask()
          if (!fold.event(event)) ask()
          // The answer may know more than what came so far, or less.
          if (
            asked !== null &&
            ++asked > delay &&
            !fold.answer(log[Math.min(log.length - 1, i + (delay % 2))]?.after ?? null)
          )
            ask()
          if (asked === null || asked > delay) asked = null
          expect(after.offset).toBe(i + 1)
        }
        ask()
        expect(fold.answer(log.at(-1)?.after ?? null)).toBe(true)
        expect(fold.known?.text).toBe(log.at(-1)?.after.text)
      }),
      { numRuns: 300 },
    )
  })

  it('goes on from the answer with exactly the pieces after it', () => {
    fc.assert(
      fc.property(pieces, fc.nat({ max: 40 }), (said, from) => {
        let text = ''
        const fold = new TextFold({ item: 'a' })
        fold.ask()
        for (const [i, { text: more, back }] of said.entries()) {
          const position = back === null ? text.length : Math.min(back, text.length)
          const data: TextEvent = { step: 's', item: 'a', attempt: 1, name: 'text', position, text: more }
          text = text.slice(0, position) + more
          expect(fold.event({ topic: 'run:r', epoch: EPOCH, offset: i + 1, type: 'text', data, at: '' })).toBe(true)
          if (i === from % said.length) {
            expect(
              fold.answer({ step: 's', attempt: 1, text, done: false, cut: false, epoch: EPOCH, offset: i + 1 }),
            ).toBe(true)
          }
          if (i >= from % said.length) expect(fold.known?.text).toBe(text)
        }
      }),
    )
  })
})

describe('a text on the one stream', () => {
  let hub: TestHub
  const clients: MonofilClient[] = []
  beforeEach(async () => {
    hub = await startHub()
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await hub.close()
  })
  const made = () => {
    const client = createClient({ url: hub.url, share: 'none', lingerMs: 10 })
    clients.push(client)
    return client
  }
  const say = (position: number, text: string, more: object = {}) =>
    hub.call('POST', '/v1/runs/r/reports', {
      reports: [{ id: `${position}-${Math.random()}`, item: 'a', text: { name: 'text', position, text, ...more } }],
    })
  const start = () => hub.call('POST', '/v1/runs', { id: 'r', workflow: 'w', external: true })

  it('comes whole to who was there, who came late, who reloaded and who was cut off again and again', async () => {
    await start()
    const client = made()
    const seen: string[] = []
    const watched = watchText(client, 'r', { item: 'a' })
    watched.subscribe(() => seen.push(watched.get().text))
    await expect.poll(() => watched.get().status).toBe('ready')
    expect(watched.get()).toMatchObject({ text: '', done: false, attempt: 0 })
    let text = ''
    let late: { get(): TextView } | undefined
    let reloaded = made()
    for (let n = 0; n < 60; n += 1) {
      const piece = `${n} 😀 `
      await say(text.length, piece, n === 59 ? { done: true } : {})
      text += piece
      if (n % 7 === 3) client.reconnect('test')
      if (n === 30) {
        const other = watchText(made(), 'r', { item: 'a', step: 'main', name: 'text' })
        other.subscribe(() => {})
        late = other
      }
      if (n % 10 === 5) {
        reloaded.close()
        reloaded = made()
        watchText(reloaded, 'r', { item: 'a' }).subscribe(() => {})
      }
    }
    const last = watchText(reloaded, 'r', { item: 'a' })
    last.subscribe(() => {})
    for (const one of [watched, late, last]) {
      await expect.poll(() => one?.get()).toMatchObject({ text, done: true, status: 'ready' })
    }
    // It only grew: no character was shown twice, or taken back.
    for (const [i, one] of seen.entries()) expect(one.startsWith(seen[i - 1] ?? '')).toBe(true)
  })

  it('begins anew with the next attempt, is done when its item is, and is there after the end', async () => {
    await start()
    const watched = watchText(made(), 'r', { item: 'a' })
    watched.subscribe(() => {})
    await say(0, 'a long first try')
    await expect.poll(() => watched.get()).toMatchObject({ text: 'a long first try' })
    await hub.call('POST', '/v1/runs/r/reports', {
      reports: [{ id: '2', item: 'a', attempt: 2, text: { name: 'text', position: 0, text: 'second' } }],
    })
    await expect.poll(() => watched.get()).toMatchObject({ text: 'second', attempt: 2, done: false })
    const reports = [
      { id: 'end', item: 'a', status: 'completed' },
      { id: 'over', status: 'completed' },
    ]
    await hub.call('POST', '/v1/runs/r/reports', { reports })
    await expect.poll(() => watched.get()).toMatchObject({ text: 'second', done: true })
    const after = watchText(made(), 'r', { item: 'a' })
    after.subscribe(() => {})
    await expect.poll(() => after.get()).toMatchObject({ status: 'ready', text: 'second', done: true, attempt: 2 })
    const none = watchText(made(), 'none', { item: 'a' })
    none.subscribe(() => {})
    await expect.poll(() => none.get().status).toBe('gone')
  })
})

it('a KPI is watched by its name, by as many as like', async () => {
  const hub = await startHub()
  const client = createClient({ url: hub.url, share: 'none' })
  try {
    const watched = client.kpi('sales')
    watched.subscribe(() => {})
    await expect.poll(() => watched.get()).toMatchObject({ status: 'ready', kpi: null })
    const { version } = await client.api.kpis.set('sales', { value: 7, unit: 'EUR' })
    await expect.poll(() => watched.get().kpi).toMatchObject({ value: 7, unit: 'EUR', version })
    let told = 0
    client.kpi('sales').subscribe(() => (told += 1))
    expect(client.kpi('sales').get().kpi).toMatchObject({ value: 7 })
    expect((await client.api.kpis.list()).items).toMatchObject([{ name: 'sales' }])
    await client.api.kpis.remove('sales')
    await expect.poll(() => watched.get().kpi).toBeNull()
    expect(told).toBeGreaterThan(0)
    await expect(client.api.kpis.get('sales')).rejects.toMatchObject({ code: 'not_found' })
  } finally {
    client.close()
    await hub.close()
  }
})
