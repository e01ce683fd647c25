import { randomBytes } from 'node:crypto'
import { get as httpGet, type IncomingMessage } from 'node:http'
import type { Item, Report, Run } from '@monofil/protocol'
import type { Store } from '@monofil/server'
import { startHub, type TestHub } from '@monofil/testkit'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

// Large files, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

type Row = Readonly<Record<string, string>>

const errors: unknown[] = []
const logger = { debug() {}, info() {}, warn() {}, error: (...words: unknown[]) => void errors.push(words) }
/** Reads of items, and what happens before each. */
let reads = 0
let beforeRead: (() => Promise<void>) | undefined
const counting = (store: Store): Store => {
  const runs = new Proxy(store.runs, {
    get(target, name: keyof Store['runs']) {
      if (name !== 'items') return target[name]
      return async (filter: Parameters<Store['runs']['items']>[0]) => {
        reads += 1
        await beforeRead?.()
        return target.items(filter)
      }
    },
  })
  return new Proxy(store, { get: (target, name: keyof Store) => (name === 'runs' ? runs : target[name]) })
}

let hub: TestHub
const items: Report[] = [
  { id: '1', item: 'été', status: 'completed', result: { room: 'Кухня', '=cmd': '=1+1', n: -5, deep: { a: [1] } } },
  {
    id: '2',
    item: '=2+3',
    status: 'completed',
    result: "'=already",
    usage: { tokens: 7, cost: '0.5', currency: 'EUR' },
  },
  { id: '3', item: '@at', status: 'failed', error: { code: 'bad', message: '+tel;=x\n"quoted", and\r\n\t-tab' } },
  { id: '4', item: 'empty', status: 'completed', result: {} },
  { id: '5', item: 'list', status: 'completed', result: [1, '-2'] },
  { id: '6', item: 'plain', status: 'running' },
]
beforeAll(async () => {
  hub = await startHub({ logger, wrap: counting, exports: { csvColumns: 3 } })
  await make('r1', items)
})
afterAll(() => hub.close())
beforeEach(() => {
  errors.length = 0
  reads = 0
  beforeRead = undefined
})

async function make(id: string, reports: readonly Report[]): Promise<void> {
  await hub.call('POST', '/v1/runs', { id, workflow: 'elsewhere', external: true })
  for (let at = 0; at < reports.length; at += 500) await hub.store.runs.report(id, reports.slice(at, at + 500))
}
const many = (count: number, result: unknown): Report[] =>
  Array.from({ length: count }, (_, n) => ({ id: `r${n}`, item: `i${n}`, status: 'completed', result }))

const file = (id: string, query: string) => fetch(`${hub.url}/v1/runs/${id}/export?${query}`)
const json = async (id: string, query = '') =>
  (await (await file(id, `format=json&${query}`)).json()) as { run: Run; items: Item[] }
const csv = async (id: string, query = '') =>
  parse<Row>(Buffer.from(await (await file(id, `format=csv&${query}`)).arrayBuffer()), { bom: true, columns: true })

const F = '=+\\-@\uff1d\uff0b\uff0d\uff20'
const textOf = (cell = ''): string =>
  cell
    .replace(new RegExp(`^'(?='*[${F}\\t\\r\\n\\0])`), '')
    .replace(new RegExp(`([;\\t\\r\\n])'(?='*[${F}])`, 'g'), '$1')
const asText = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

describe('csv', () => {
  test('is what the JSON says, read by another program', async () => {
    const rows = await csv('r1')
    const { items } = await json('r1')
    expect(rows).toHaveLength(6)
    for (const [index, item] of items.entries()) {
      const row = rows[index] ?? {}
      const { error, usage, waiting, input, result, ...plain } = item
      for (const [name, value] of Object.entries(plain))
        expect([name, textOf(row[name])]).toEqual([name, asText(value)])
      expect(textOf(row['error.message'])).toBe(error?.message ?? '')
      expect([row['error.code'], row['waiting.reason']]).toEqual([error?.code ?? '', waiting?.reason ?? ''])
      expect([row['usage.tokens'], row['usage.cost']]).toEqual([asText(usage.tokens), asText(usage.cost)])
      expect(textOf(row['input'])).toBe(asText(input))
      expect(resultIn(row)).toBe(asText(result))
    }
    expect(rows[0]).toMatchObject({ id: 'été', 'result.room': 'Кухня', 'result.n': '-5' })
  })

  test('lets no spreadsheet run a cell, whatever it splits at', async () => {
    const text = await (await file('r1', 'format=csv')).text()
    expect(text.match(/\+tel|=x|-tab|=1\+1|=2\+3|@at/g)).toHaveLength(6)
    for (const bad of text.matchAll(/(?:^|[",;\t\r\n])(?:=|\+tel|@|-tab)/g)) expect.fail(`a formula at ${bad.index}`)
    expect((await csv('r1')).map(({ id }) => id)).toEqual(['été', "'=2+3", "'@at", 'empty', 'list', 'plain'])
  })

  test('begins as Excel wants UTF-8, with all columns, of which there is a bound', async () => {
    const bytes = Buffer.from(await (await file('r1', 'format=csv')).arrayBuffer())
    expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf')
    const [head = ''] = bytes.toString().split('\r\n')
    expect(head.replaceAll('"', '').split(',').slice(-6)).toEqual([
      'offset',
      'input',
      'result',
      'result.room',
      'result.=cmd',
      'result.n',
    ])
    expect((await csv('r1'))[0]?.['result']).toBe('{"deep":{"a":[1]}}')
  })
})

/** A row's result put together again, as JSON or as its text. */
function resultIn(row: Row): string {
  const fields = Object.entries(row).filter(([name, cell]) => name.startsWith('result.') && cell !== '')
  const own = textOf(row['result'])
  if (fields.length === 0) return own
  const opened = Object.fromEntries(
    fields.map(([name, cell]) => [name.slice('result.'.length), name === 'result.n' ? Number(cell) : textOf(cell)]),
  )
  return JSON.stringify({ ...opened, ...(own === '' ? {} : JSON.parse(own)) })
}

describe('an export', () => {
  test('has the run and its items as they are read one by one', async () => {
    const { run, items } = await json('r1')
    expect(run).toEqual((await hub.call('GET', '/v1/runs/r1')).body)
    expect(items).toEqual((await hub.call<{ items: Item[] }>('GET', '/v1/runs/r1/items')).body.items)
    await make('none', [])
    expect((await json('none')).items).toEqual([])
    expect(await csv('none')).toEqual([])
  })

  test('has what the filtered list has, and a name that says so', async () => {
    for (const query of ['status=failed', 'status=failed,running', 'q=cmd', 'q=%40at', 'step=main', 'step=other']) {
      const listed = (await hub.call<{ items: Item[] }>('GET', `/v1/runs/r1/items?${query}`)).body.items
      expect((await json('r1', query)).items).toEqual(listed)
      expect((await csv('r1', query)).map(({ index }) => Number(index))).toEqual(listed.map(({ index }) => index))
    }
    const name = async (query: string, id = 'r1') =>
      (await fetch(`${hub.url}/v1/runs/${id}/export?${query}`, { method: 'HEAD' })).headers.get('content-disposition')
    expect(await name('format=csv')).toBe('attachment; filename="elsewhere-r1.csv"')
    expect(await name('format=json&status=failed&q=x')).toBe('attachment; filename="elsewhere-r1-failed-search.json"')
    await make('elsewhere:7', [])
    expect(await name('format=csv', 'elsewhere:7')).toContain('"elsewhere-7.csv"')
  })

  test('says what is wrong with a request', async () => {
    for (const query of ['', 'format=xls', 'format=csv&format=json', 'format=csv&status=odd']) {
      const response = await file('r1', query)
      expect([query, response.status]).toEqual([query, 400])
      expect(await response.json()).toMatchObject({ field: query.endsWith('odd') ? 'status' : 'format' })
    }
    const head = await fetch(`${hub.url}/v1/runs/r1/export?format=csv`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'text/csv; charset=utf-8',
      '',
    ])
    expect([head.headers.get('cache-control'), head.headers.get('x-content-type-options')]).toEqual([
      'no-store',
      'nosniff',
    ])
    expect(reads).toBe(0)
  })

  test('of a run that goes on has each item once, none older than the run', async () => {
    await make('live', many(300, 'x'))
    let n = 0
    beforeRead = async () => {
      n += 1
      await hub.store.runs.report('live', [{ id: `late${n}`, item: `late${n}`, status: 'completed', result: n }])
    }
    const { run, items } = await json('live')
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
    expect(items.length).toBeGreaterThan(300)
    expect(items.filter(({ offset }) => offset > run.offset).length).toBe(items.length - 300)
  })

  test('of a run that is deleted meanwhile is cut, never short', async () => {
    for (const path of ['export?format=json', 'export?format=csv', 'bundle']) {
      const id = `gone${reads}`
      await make(id, many(300, 'x'))
      await hub.store.runs.report(id, [{ id: 'end', status: 'completed' }])
      const from = reads
      beforeRead = async () => {
        if (reads === from + 2) await hub.store.runs.remove(id)
      }
      const response = await fetch(`${hub.url}/v1/runs/${id}/${path}`)
      await expect(response.arrayBuffer()).rejects.toThrow()
    }
    expect(errors).toHaveLength(3)
    expect(String(errors[0])).toContain('a file was cut')
  })
})

describe('a reader that is slow or leaves', () => {
  const open = (path: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      httpGet(hub.url + path, resolve).on('error', reject)
    })
  /** Resolves when the count has stood still for a while. */
  async function still(): Promise<number> {
    let last = -1
    let same = 0
    await expect
      .poll(() => {
        same = reads === last ? same + 1 : 0
        last = reads
        return same
      })
      .toBeGreaterThan(25)
    return last
  }

  test.each(['export?format=json', 'bundle'])('%s waits for it, and stops with it', async (path) => {
    const id = `big-${path.slice(0, 6)}`
    // Nothing that packs well: the bundle has to be as large as its text.
    const noise = () => randomBytes(15_000).toString('base64')
    await make(
      id,
      Array.from({ length: 800 }, (_, n) => ({ id: `r${n}`, item: `i${n}`, status: 'completed', result: noise() })),
    )
    reads = 0
    const whole = await (await fetch(`${hub.url}/v1/runs/${id}/export?format=json`)).arrayBuffer()
    expect(whole.byteLength).toBeGreaterThan(15_000_000)
    const all = reads
    reads = 0
    const response = await open(`/v1/runs/${id}/${path}`)
    expect(response.statusCode).toBe(200)
    const read = await still()
    expect(read).toBeLessThan(all / 2)
    response.destroy()
    expect(await still()).toBeLessThan(read + 3)
    expect(errors).toEqual([])
  })

  test('csv: its first reading stops too', async () => {
    await make('many', many(3_000, 'x'.repeat(500)))
    const gate = Promise.withResolvers<void>()
    reads = 0
    beforeRead = () => (reads < 3 ? Promise.resolve() : gate.promise)
    const response = await open('/v1/runs/many/export?format=csv')
    await expect.poll(() => reads).toBe(3)
    response.destroy()
    await expect.poll(() => response.destroyed && hub.server.hub.connections().length).toBe(0)
    // Once the hub has seen the close, which a request on another connection does not wait for.
    await hub.call('GET', '/healthz')
    gate.resolve()
    expect(await still()).toBeLessThan(8)
    expect(errors).toEqual([])
  })
})
