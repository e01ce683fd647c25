import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Item, Report } from '@monofil/protocol'
import { startHub, type TestHub } from '@monofil/testkit'
import { pdfToTextPath } from '@monofil/testkit/tools'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'

// Threads, large files and other programs, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
const MANY = process.env['TEST_LONG'] === undefined ? 1_500 : 10_000

const errors: unknown[] = []
const logger = { debug() {}, info() {}, warn() {}, error: (...words: unknown[]) => void errors.push(words) }
let hub: TestHub
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monofil-pdf-'))
  hub = await startHub({ logger, exports: { pdfItems: MANY, pdfsAtOnce: 1 } })
})
afterEach(() => expect(errors).toEqual([]))
afterAll(async () => {
  await hub.close()
  await rm(folder, { recursive: true, force: true })
})

async function make(id: string, reports: readonly Report[], more: object = {}): Promise<void> {
  await hub.call('POST', '/v1/runs', { id, workflow: 'photos', external: true, ...more })
  for (let at = 0; at < reports.length; at += 500) await hub.store.runs.report(id, reports.slice(at, at + 500))
}
const file = (id: string, query = '') => fetch(`${hub.url}/v1/runs/${id}/export?format=pdf&${query}`)

/** What one would get, without its being made. */
const statusOf = async (id: string, query = '') =>
  (await fetch(`${hub.url}/v1/runs/${id}/export?format=pdf&${query}`, { method: 'HEAD' })).status

/** What another program reads in it, in the order it is drawn, a page each. */
async function pagesOf(id: string, query = ''): Promise<string[]> {
  // The place of the one before is given back once its thread has ended, a moment after its last byte.
  await expect.poll(() => statusOf(id, query)).toBe(200)
  const response = await file(id, query)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  const path = join(folder, 'export.pdf')
  await writeFile(path, Buffer.from(await response.arrayBuffer()))
  const read = promisify(execFile)(pdfToTextPath() ?? 'pdftotext', ['-raw', '-enc', 'UTF-8', path, '-'], {
    maxBuffer: 1 << 28,
  })
  return (await read).stdout.split('\f').slice(0, -1)
}
const squeezed = (text: string) => text.replace(/\s+/g, '')

/** A row as it stands there, lines and gaps aside. */
function rowOf(item: Item): string {
  const took = item.finishedAt === null ? '' : `${Date.parse(item.finishedAt) - Date.parse(item.startedAt ?? '')}ms`
  const { error, result } = item
  const said = error === null ? textOf(result) : `${error.code}: ${error.message}`
  const status = item.status[0]?.toUpperCase() + item.status.slice(1)
  return squeezed(`${status}${item.id}${item.attempts || ''}${took}${textOf(item.input)}${said}`)
}
const textOf = (value: unknown) =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

describe('a pdf', () => {
  test('says what the JSON says, read by another program: all rows, accents, Cyrillic, page numbers', async () => {
    await make(
      'r1',
      Array.from({ length: MANY }, (_, n) => {
        const report = { id: `r${n}`, item: `фото-${n}-été.jpg`, at: '2026-01-01T00:00:00.000Z' }
        return n % 7 === 0
          ? { ...report, status: 'failed', error: { code: 'bad', message: `Ошибка ${n}:\n«çà et là»` } }
          : { ...report, status: 'completed', result: { комната: 'Кухня', n, path: `/data/${'long/'.repeat(n % 20)}` } }
      }),
      { tags: ['Ёлка'], key: 'clé' },
    )
    const json = (await (await fetch(`${hub.url}/v1/runs/r1/export?format=json`)).json()) as { items: Item[] }
    const pages = await pagesOf('r1')
    expect(pages.length).toBeGreaterThan(20)
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`Page ${index + 1} of ${pages.length}`)
      expect(squeezed(page)).toContain('StateItemTriesTookInputResultorerror')
    }
    expect(pages[0]).toMatch(/photos: run r1\n/)
    for (const fact of ['Ёлка', 'clé', 'State Running. The run went on', 'Owner dev']) expect(pages[0]).toContain(fact)
    const text = squeezed(pages.join(''))
    let at = 0
    for (const item of json.items) {
      const found = text.indexOf(rowOf(item), at)
      if (found < 0) expect.fail(`not in its place: ${rowOf(item)} in ${text.slice(at, at + 300)}`)
      at = found + 1
    }
    expect(json.items).toHaveLength(MANY)
  })

  test('has the filtered items, in French where that is asked for', async () => {
    const pages = await pagesOf('r1', 'lang=fr&status=failed&q=%D1%84%D0%BE%D1%82%D0%BE-14')
    const text = pages.join('')
    for (const word of ['photos : exécution r1', 'Échoué', 'Éléments', `Page 1 sur ${pages.length}`, '« фото-14 »']) {
      expect(text.replace(/\u00a0|\u202f/g, ' ')).toContain(word)
    }
    expect(text).toContain('фото-14-été.jpg')
    expect(text).not.toContain('фото-7-été.jpg')
    expect(text).not.toMatch(/^Terminé/m)
    expect((await file('r1', 'lang=xx')).status).toBe(400)
  })

  test('cuts what is too long with a mark, and takes whatever letters there are', async () => {
    const odd = '\u0000\u0007 (paren) \\ <b> \ud800 日本 e\u0301 \u202eabc'
    await make('odd', [
      { id: '1', item: 'long', status: 'completed', result: 'word '.repeat(100_000) },
      { id: '2', item: 'wide', status: 'completed', result: 'W'.repeat(5_000) },
      { id: '3', item: odd.replaceAll('\u0000', ''), status: 'completed', result: odd },
    ])
    const [page = ''] = await pagesOf('odd')
    expect(page.match(/word/g)?.length).toBeLessThan(100)
    expect(page.match(/…/g)).toHaveLength(2)
    expect(page).toContain('(paren) \\ <b>')
    expect(page).toContain('é')
    await make('none', [])
    expect((await pagesOf('none'))[0]).toContain('There are no items.')
  })

  test('is tagged, titled, in a language', async () => {
    await expect.poll(() => statusOf('none')).toBe(200)
    const text = Buffer.from(await (await file('none', 'lang=fr')).arrayBuffer()).toString('latin1')
    for (const part of ['/Lang (fr)', '/Marked true', '/StructTreeRoot', '/DisplayDocTitle true', '/ToUnicode']) {
      expect(text).toContain(part)
    }
    expect(Buffer.from(text, 'latin1').toString()).toContain('photos : exécution none')
  })
})

describe('what one may take', () => {
  test('a pdf has so many items, counted as they are filtered', async () => {
    await hub.store.runs.report('r1', [{ id: 'one more', item: 'x', status: 'completed', result: 1 }])
    await expect.poll(() => statusOf('r1')).toBe(413)
    expect(await (await file('r1')).json()).toMatchObject({ code: 'too_large' })
    for (const query of [
      'q=',
      'q=e',
      'q=%D1%84%D0%BE',
      'status=completed',
      'status=failed',
      'step=main&status=failed',
    ]) {
      const isAll = query === 'q='
      await expect.poll(async () => [query, await statusOf('r1', query)]).toEqual([query, isAll ? 413 : 200])
    }
  })

  test('only so many are made at once; a reader that leaves makes room', async () => {
    await expect.poll(() => statusOf('none')).toBe(200)
    const leaving = new AbortController()
    const first = await fetch(`${hub.url}/v1/runs/r1/export?format=pdf&status=completed`, { signal: leaving.signal })
    expect(first.status).toBe(200)
    const second = await file('none')
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '5'])
    leaving.abort()
    await expect.poll(() => statusOf('none')).toBe(200)
  })
})
