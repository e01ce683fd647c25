import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'
import { formatBytes } from './format.ts'

// Each test starts processes, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let bench: Bench
let url: string
beforeAll(async () => {
  bench = await Bench.open()
  url = (await bench.startHub()).url
  await post('/v1/runs', { id: 'r1', workflow: 'photos', external: true })
  const reports = Array.from({ length: 900 }, (_, n) => ({
    ...{ id: `${n}`, item: `photo-${n}` },
    ...(n % 9 === 0 ? { status: 'failed', error: 'no' } : { status: 'completed', result: 'Кухня '.repeat(60) }),
  }))
  for (let at = 0; at < 900; at += 300) {
    const { status } = await post('/v1/runs/r1/reports', { reports: reports.slice(at, at + 300) })
    expect(status).toBe(200)
  }
})
afterAll(() => bench.close())

const post = (path: string, body: unknown) =>
  fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const cli = (...args: string[]) => bench.run(['export', ...args], { env: { MONOFIL_URL: url } })
const saved = (name: string) => readFile(join(bench.folder, name))

test('saves a run under the name it has, or another one, and says how much it was', async () => {
  const csv = await cli('r1')
  expect([csv.code, csv.stderr]).toEqual([0, ''])
  expect(csv.stdout).toMatch(/^Saved photos-r1\.csv \(\d+\.\d kB\)\.\n$/)
  expect((await saved('photos-r1.csv')).toString()).toContain('photo-899')
  const failed = await cli('r1', '--format', 'json', '--status', 'failed', '--output', 'f.json', '--json')
  expect(JSON.parse(failed.stdout)).toEqual({ file: 'f.json', bytes: (await saved('f.json')).length })
  expect(JSON.parse((await saved('f.json')).toString()).items).toHaveLength(100)
  await cli('r1', '--format', 'pdf', '--q', 'photo-1', '--lang', 'fr')
  expect((await saved('photos-r1-search.pdf')).subarray(0, 5).toString()).toBe('%PDF-')
  await cli('r1', '--format', 'bundle')
  expect(JSON.parse(gunzipSync(await saved('r1.monofil-run.json.gz')).toString()).items).toHaveLength(900)
})

test('replaces nothing that it was not told to', async () => {
  await writeFile(join(bench.folder, 'mine.csv'), 'mine')
  const refused = await cli('r1', '--output', 'mine.csv')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('mine.csv is there already: --force')])
  expect((await saved('mine.csv')).toString()).toBe('mine')
  expect((await cli('r1', '--output', 'mine.csv', '--force')).code).toBe(0)
  expect((await saved('mine.csv')).toString()).toContain('photo-1')
  expect((await cli('r1', '--output', '.', '--force')).stderr).toContain('is a folder')
  expect((await cli('r1', '--output', 'no/such/folder.csv')).stderr).toContain('cannot be written')
})

test('goes to a pipe, whose reader may leave', async () => {
  const { stdout } = await cli('r1', '--format', 'json', '--output', '-')
  expect(JSON.parse(stdout).items).toHaveLength(900)
  const bin = JSON.stringify(join(import.meta.dirname, '../bin/monofil.js'))
  const script = `set -o pipefail; "${process.execPath}" ${bin} export r1 --output - --url ${url} | head -c 100 | wc -c`
  const left = await bench.shell(script)
  expect([left.code, left.stdout.trim(), left.stderr]).toEqual([0, '100', ''])
})

test('says what was used wrongly, and what the hub refuses', async () => {
  for (const [args, words] of [
    [['r1', '--format', 'xls'], '--format: "xls" is not one of csv, json, pdf, bundle.'],
    [['r1', '--status', 'odd'], '--status: "odd" is not one of'],
    [['r1', '--format', 'bundle', '--step', 'main'], 'A bundle has all of a run'],
    [['no id'], '"no id" is no id of a run.'],
  ] as const) {
    const { code, stderr } = await cli(...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
  }
  const nothing = await cli('nothing', '--output', 'nothing.csv')
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining('There is no run nothing')])
})

test('a file that is cut is an error, and not left behind', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-disposition': 'attachment; filename="../../evil.csv"' })
    response.write('half of it')
    setImmediate(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    for (const output of [[], ['--output', '-']]) {
      const args = ['export', 'cut', ...output, '--url', `http://127.0.0.1:${port}`]
      const { code, stderr } = await bench.run(args)
      expect([code, stderr]).toEqual([1, expect.stringContaining('could not make the file whole')])
    }
    expect((await readdir(bench.folder)).filter((name) => /cut|part|evil/.test(name))).toEqual([])
  } finally {
    server.close()
  }
})

test('sizes are told as people say them', () => {
  expect([0, 840, 12_345, 1_234_567, 5e12].map(formatBytes)).toEqual(['0 B', '840 B', '12.3 kB', '1.2 MB', '5.0 TB'])
})
