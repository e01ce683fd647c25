import { inboxApi } from '@monofil/client/inbox'
import type { Envelope } from '@monofil/protocol'
import { MonofilError } from '@monofil/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Change } from './order.ts'
import type { Tell } from './outbox.ts'
import { seeded } from './sample-orders.ts'
import { simulateChange } from './simulator.ts'
import { type Caller, type Lab, openLab } from './testing.ts'

const CHAIR = { customer: 'Élodie', article: 'Chair', quantity: 2, unitPrice: 12_950 }

let lab: Lab
let ada: Caller
let max: Caller
let cleo: Caller
beforeEach(async () => {
  lab = await openLab()
  ;[ada, max, cleo] = [await lab.as('ada'), await lab.as('max'), await lab.as('cleo')]
  // Whom the hub has not seen gets what came for their role with their first request.
  for (const caller of [ada, max, cleo]) await caller.client().api.session()
})
afterEach(() => lab.close())

const make = async (who: Caller) => (await who.call('POST', '/api/orders', CHAIR)).body
const titles = async (who: Caller) =>
  (await inboxApi(who.client()).list()).items.map(({ title, message }) => `${title} | ${message}`)

test('the staff is told of what others did, and a clerk of their own orders only', async () => {
  const own = await make(cleo)
  await make(ada)
  await max.call('PATCH', `/api/orders/${own.id}`, { version: 1, status: 'packed' })
  await ada.call('PATCH', `/api/orders/${own.id}`, { version: 2, note: 'Ring', quantity: 1 })
  await ada.call('DELETE', `/api/orders/${own.id}`, { version: 3 })
  await ada.call('POST', `/api/orders/${own.id}/restore`, { version: 4 })
  const [created, packed] = [
    'New order 1001 of Élodie | Cleo Lindqvist: 2 pieces of Chair, €259.00',
    'Order 1001 of Élodie is packed | By Max Keller',
  ]
  const byAda = [
    'Order 1001 of Élodie is back | Ada Moreau: 1 piece of Chair, €129.50',
    'Order 1001 of Élodie was deleted | Ada Moreau: 1 piece of Chair, €129.50',
    'Order 1001 of Élodie was changed | Ada Moreau changed 2 fields',
  ]
  await expect.poll(() => titles(cleo)).toEqual([...byAda, packed])
  await expect
    .poll(() => titles(max))
    .toEqual([...byAda, 'New order 1002 of Élodie | Ada Moreau: 2 pieces of Chair, €259.00', created])
  await expect.poll(() => titles(ada)).toEqual([packed, created])
  const { items } = await inboxApi(cleo.client()).list()
  expect(items.at(-1)).toMatchObject({
    ...{
      id: 'order-1001-2-own',
      claimable: false,
      module: 'orders',
      action: 'changed',
      link: '/?order=1001',
      via: 'user',
    },
    data: { id: 1001, version: 2, action: 'changed' },
  })
})

test('words are in the reader’s language, with its plurals and prices', async () => {
  await inboxApi(max.client()).setPreferences({ language: 'fr' })
  await make(cleo)
  await expect
    .poll(() => titles(max))
    .toEqual([
      expect.stringMatching(/^Nouvelle commande 1001 de Élodie \| Cleo Lindqvist\s: 2 pièces de Chair, 259,00\s€$/),
    ])
})

test('tables of the staff hear of every order, those of a clerk of their own, and others’ topics are closed', async () => {
  const heard: Record<string, Envelope[]> = {}
  const refused: string[] = []
  const listen = (who: Caller, topic: string) => {
    heard[topic] = []
    who.client().subscribe(topic, {
      cursor: '0',
      onEvent: (event) => heard[topic]?.push(event),
      onEnd: (end) => refused.push(end.reason),
    })
  }
  listen(max, 'orders')
  listen(cleo, 'orders:cleo')
  const [others, own] = [await make(ada), await make(cleo)]
  await max.call('DELETE', `/api/orders/${own.id}`, { version: 1 })
  const told = (topic: string) => heard[topic]?.map(({ type, data }) => [type, (data as { id: number }).id])
  await expect
    .poll(() => told('orders'))
    .toEqual([
      ['created', others.id],
      ['created', own.id],
      ['deleted', own.id],
    ])
  await expect
    .poll(() => told('orders:cleo'))
    .toEqual([
      ['created', own.id],
      ['deleted', own.id],
    ])
  listen(cleo, 'orders:ada')
  await expect.poll(() => refused).toEqual(['denied'])
})

test('what is committed is told after the hub was away, once and in order, also where it was told but not noted', async () => {
  const told: string[] = []
  let failures = 0
  const unsure =
    (toHub: Tell): Tell =>
    async (change: Change) => {
      failures += 1
      if (failures % 3 === 1) throw new MonofilError('store_unavailable', 'away')
      await toHub(change)
      if (failures % 3 === 2) throw new Error('told, and not known to be')
      told.push(`order-${change.order.id}-${change.order.version}`)
    }
  await lab.reopen({ tell: unsure })
  for (let n = 0; n < 3; n += 1) await make(cleo)
  const ids = ['order-1001-1', 'order-1002-1', 'order-1003-1']
  await expect.poll(() => told).toEqual(ids)
  expect(failures).toBe(9)
  expect(lab.app.book.untold(10)).toEqual([])
  const { items: there } = await inboxApi(max.client()).list()
  expect(there.map(({ id }) => id)).toEqual(ids.toReversed())
})

test('what the hub refuses for good holds nothing up', async () => {
  let first = true
  await lab.reopen({
    tell: (toHub) => async (change) => {
      if (!first) return toHub(change)
      first = false
      throw new MonofilError('invalid_request', 'texts: a mistake of ours')
    },
  })
  await make(cleo)
  await make(cleo)
  await expect.poll(() => titles(max)).toEqual([expect.stringContaining('New order 1002')])
  expect(lab.app.book.untold(10)).toEqual([])
})

test('the simulation changes what is there and tells it', async () => {
  const random = seeded(3)
  for (let n = 0; n < 60; n += 1) simulateChange(lab.app.book, random)
  await expect.poll(() => lab.app.book.untold(1)).toEqual([])
  const { items } = await inboxApi(ada.client()).list({ limit: 100 })
  expect(items).toHaveLength(60)
  expect(new Set(items.map(({ action }) => action))).toEqual(new Set(['created', 'changed', 'deleted']))
})
