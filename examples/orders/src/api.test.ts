import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Caller, type Lab, openLab } from './testing.ts'

const CHAIR = { customer: 'Élodie Fournier', article: 'Chair', quantity: 2, unitPrice: 12_900 }

let lab: Lab
let ada: Caller
let max: Caller
let cleo: Caller
beforeEach(async () => {
  lab = await openLab()
  ;[ada, max, cleo] = [await lab.as('ada'), await lab.as('max'), await lab.as('cleo')]
})
afterEach(() => lab.close())

const make = async (who: Caller, more: object = {}) =>
  (await who.call('POST', '/api/orders', { ...CHAIR, ...more })).body
const listed = async (who: Caller, query = '') =>
  (await who.call('GET', `/api/orders${query}`)).body as { orders: { id: number; customer: string }[] } & Record<
    string,
    number
  >
const ids = async (who: Caller, query = '') => (await listed(who, query)).orders.map(({ id }) => id)

test('an order is made, changed, deleted and restored, one version after the other', async () => {
  const made = await ada.call('POST', '/api/orders', CHAIR)
  expect(made).toMatchObject({ status: 201, body: { id: 1001, version: 1, status: 'new', note: '', createdBy: 'ada' } })
  const at = '/api/orders/1001'
  const packed = await max.call('PATCH', at, { version: 1, status: 'packed' })
  expect(packed).toMatchObject({ status: 200, body: { version: 2, status: 'packed', quantity: 2, updatedBy: 'max' } })
  expect(await ada.call('PATCH', at, { version: 2, status: 'packed' })).toMatchObject({ body: { version: 2 } })
  expect(await ada.call('DELETE', at, { version: 2 })).toMatchObject({ status: 200, body: { version: 3 } })
  expect(await ids(ada)).toEqual([])
  expect(await ada.call('POST', `${at}/restore`, { version: 3 })).toMatchObject({
    body: { version: 4, deletedAt: null },
  })
  expect(await ids(ada)).toEqual([1001])
})

test('a key makes one order however often it is sent, and is nobody else’s', async () => {
  const key = crypto.randomUUID()
  const both = await Promise.all([1, 2].map(() => cleo.call('POST', '/api/orders', { ...CHAIR, key })))
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 201])
  expect(new Set(both.map(({ body }) => body.id)).size).toBe(1)
  expect(await ada.call('POST', '/api/orders', { ...CHAIR, key })).toMatchObject({
    ...{ status: 400, body: { fields: [{ field: 'key' }] } },
  })
  expect(await ids(ada)).toHaveLength(1)
})

test('a change of what somebody else changed is refused with what it is now', async () => {
  const { id } = await make(ada)
  await max.call('PATCH', `/api/orders/${id}`, { version: 1, quantity: 9 })
  const late = await ada.call('PATCH', `/api/orders/${id}`, { version: 1, note: 'Ring twice' })
  expect(late).toMatchObject({
    status: 409,
    body: { code: 'conflict', order: { version: 2, quantity: 9, note: '', updatedBy: 'max' } },
  })
  expect(await ada.call('DELETE', `/api/orders/${id}`, { version: 1 })).toMatchObject({ status: 409 })
  await max.call('DELETE', `/api/orders/${id}`, { version: 2 })
  expect(await ada.call('PATCH', `/api/orders/${id}`, { version: 2, note: 'Ring twice' })).toMatchObject({
    ...{ status: 409, body: { code: 'deleted', order: { version: 3 } } },
  })
  expect(await ada.call('POST', `/api/orders/${id}/restore`, { version: 2 })).toMatchObject({ status: 409 })
})

test('a clerk sees and changes the orders that are their own, and others are not there', async () => {
  const [others, own] = [await make(ada), await make(cleo)]
  expect([await ids(cleo), await ids(max)]).toEqual([[own.id], [own.id, others.id]])
  expect(await listed(cleo)).toMatchObject({ total: 1, newest: own.id })
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PATCH', '', { version: 1, note: 'mine' }],
    ['DELETE', '', { version: 1 }],
    ['POST', '/restore', { version: 1 }],
  ] as const) {
    expect((await cleo.call(method, `/api/orders/${others.id}${path}`, body)).status, method).toBe(404)
    expect((await cleo.call(method, `/api/orders/9999${path}`, body)).status, method).toBe(404)
  }
  expect(await cleo.call('PATCH', `/api/orders/${own.id}`, { version: 1, note: 'mine' })).toMatchObject({ status: 200 })
})

test('nobody gets in without a session, nor with one that was tampered with', async () => {
  const nobody = await lab.as('nobody')
  expect(await nobody.call('GET', '/api/session')).toMatchObject({ status: 200, body: { session: null } })
  for (const [method, path] of [
    ['GET', '/api/orders'],
    ['POST', '/api/orders'],
    ['GET', '/api/orders/1001'],
  ] as const) {
    expect(await nobody.call(method, path, method === 'POST' ? CHAIR : undefined), path).toMatchObject({ status: 401 })
  }
  const signIn = await fetch(`${lab.app.page.url}/api/session`, {
    ...{ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"user":"max"}' },
  })
  const cookie = signIn.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^orders-session=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800$/)
  const token = cookie.split(';')[0] ?? ''
  const who = async (value: string) =>
    (await (await fetch(`${lab.app.page.url}/api/session`, { headers: { cookie: value } })).json()).session?.id
  expect([await who(token), await who(`other=1; ${token}`), await who(`${token}x`)]).toEqual(['max', 'max', undefined])
  const [head, , signature] = token.split('.')
  const forged = btoa(JSON.stringify({ sub: 'ada', exp: 9_999_999_999 })).replaceAll('=', '')
  expect(await who(`${head}.${forged}.${signature}`)).toBeUndefined()
  expect(await nobody.call('POST', '/api/session', { user: 'root' })).toMatchObject({ status: 400 })
})

test('what is wrong with a field is refused, naming it and what it takes', async () => {
  for (const [body, field] of [
    [{ ...CHAIR, customer: '  ' }, 'customer'],
    [{ ...CHAIR, customer: 'x'.repeat(81) }, 'customer'],
    [{ ...CHAIR, article: 'two\nlines' }, 'article'],
    [{ ...CHAIR, quantity: 0 }, 'quantity'],
    [{ ...CHAIR, quantity: 1.5 }, 'quantity'],
    [{ ...CHAIR, quantity: '2' }, 'quantity'],
    [{ ...CHAIR, unitPrice: -1 }, 'unitPrice'],
    [{ ...CHAIR, status: 'lost' }, 'status'],
    [{ ...CHAIR, note: 'x'.repeat(501) }, 'note'],
    [{ ...CHAIR, id: 7 }, 'id'],
    [{ ...CHAIR, key: 'k' }, 'key'],
    [[], 'body'],
  ] as const) {
    const answer = await ada.call('POST', '/api/orders', body)
    expect(answer, field).toMatchObject({ status: 400, body: { code: 'invalid', fields: [{ field }] } })
    expect(answer.body.message).toMatch(new RegExp(`^${field}: .{5}`))
  }
  expect(await ids(ada)).toEqual([])
})

test('bodies that are too large, no JSON, or sent as a form are refused', async () => {
  const large = JSON.stringify({ ...CHAIR, note: 'x'.repeat(20_000) })
  expect(await ada.call('POST', '/api/orders', large)).toMatchObject({ status: 413, body: { code: 'too_large' } })
  expect(await ada.call('POST', '/api/orders', '{')).toMatchObject({ status: 400 })
  const form = await fetch(`${lab.app.page.url}/api/session`, {
    method: 'POST',
    body: new URLSearchParams({ user: 'ada' }),
  })
  expect(form.status).toBe(400)
  expect(await ada.call('PUT', '/api/orders/1001', {})).toMatchObject({ status: 405 })
})

test('a table searches without accents, filters, sorts, pages, and keeps its place', async () => {
  const made = []
  for (const customer of ['Élodie', 'elodie & 100%', 'Bernard', 'Zoë']) made.push(await make(ada, { customer }))
  const [first, second, third, last] = made.map(({ id }) => id)
  await ada.call('PATCH', `/api/orders/${third}`, { version: 1, status: 'shipped', quantity: 1 })
  expect(await ids(ada, '?search=ELODIE')).toEqual([second, first])
  expect(await ids(ada, '?search=elodie%20100%25')).toEqual([second])
  expect(await ids(ada, '?search=%25')).toEqual([second])
  expect(await ids(ada, `?search=${third}`)).toEqual([third])
  expect(await ids(ada, '?status=shipped')).toEqual([third])
  expect(await ids(ada, '?sort=customer&direction=asc')).toEqual([third, second, last, first])
  expect(await ids(ada, '?sort=total&direction=asc')).toEqual([third, first, second, last])
  expect(await ids(ada, '?sort=updated')).toEqual([third, last, second, first])
  expect(await ids(ada, '?sort=status&direction=asc')).toEqual([first, second, last, third])
  expect(await ids(ada, '?size=3&page=2')).toEqual([first])
  expect(await listed(ada, `?until=${second}`)).toMatchObject({
    ...{ total: 2, newer: 2, newest: last, orders: [{ id: second }, { id: first }] },
  })
  for (const [query, field] of [
    ['?size=101', 'size'],
    ['?page=0', 'page'],
    ['?sort=note', 'sort'],
    ['?colour=red', 'colour'],
  ] as const) {
    expect(await ada.call('GET', `/api/orders${query}`), query).toMatchObject({
      status: 400,
      body: { fields: [{ field }] },
    })
  }
})
