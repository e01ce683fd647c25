import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { openSqliteStore } from '@monofil/server/sqlite'
import { describe, expect, test } from 'vitest'
import { runPhotos } from './command.ts'
import { makePhotos } from './samples.ts'
import { inTemporaryFolder, readCsv } from './testing.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const LONG = { timeout: 120_000 }

/** A start of the command in a process group of its own. */
class Started {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  out = ''
  err = ''
  readonly #waiting = new Set<() => void>()

  constructor(cwd: string, args: readonly string[]) {
    this.child = spawn(process.execPath, ['--conditions=@monofil/source', MAIN, ...args], {
      cwd,
      detached: true,
      env: { ...process.env, NO_COLOR: '1' },
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear('out', text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#hear('err', text))
    this.ended = new Promise((resolve) => this.child.on('close', (code) => resolve(code)))
    void this.ended.then(() => this.#hear('out', ''))
  }

  /** Resolves when what was written matches; rejects when the process ends before. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.out)) {
      if (this.child.exitCode !== null) throw new Error(`ended without ${pattern}: ${this.out}${this.err}`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Ends the whole tree as a power cut would. */
  async kill(): Promise<void> {
    if (this.child.pid !== undefined && this.child.exitCode === null) process.kill(-this.child.pid, 'SIGKILL')
    await this.ended
  }

  #hear(stream: 'out' | 'err', text: string): void {
    this[stream] += text
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}

async function inventoryOf(out: string): Promise<unknown> {
  return JSON.parse(await readFile(join(out, 'inventory.json'), 'utf8'))
}

/** What the ledger holds after the command has ended. */
async function ledgerOf(data: string) {
  const store = await openSqliteStore({ dir: data, onCommit: () => {} })
  try {
    const viewer = { all: true } as const
    const { items: runs } = await store.runs.list({ viewer, limit: 10 })
    const run = runs[0]
    if (!run) throw new Error('no run')
    const { items } = await store.runs.items({ viewer, runId: run.id, step: 'analyse', limit: 200 })
    const log = await store.log.read({ topic: `run:${run.id}`, after: 0, limit: 10_000, maxBytes: 1e8 })
    return { runs, run, items, offsets: log.events.map(({ offset }) => offset) }
  } finally {
    await store.close()
  }
}

describe('npm run photos', () => {
  test('makes an inventory, says where it is, and ends with the run where there is no terminal', LONG, () =>
    inTemporaryFolder(async (base) => {
      const names = await makePhotos(join(base, 'my photos'), 30, { brokenEvery: 15 })
      const started = new Started(base, ['my photos', '--port', '0'])
      expect(await started.ended).toBe(0)
      expect(started.err).toBe('')
      expect(started.out).toMatch(/Live in the browser: http:\/\/127\.0\.0\.1:\d+\/(console\/)?runs\/\S+/)
      expect(started.out).toContain('Warning: 2 could not be read')
      const out = /As a table {3}(.*)\/inventory\.csv/.exec(started.out)?.[1] ?? ''
      expect(out.startsWith(join(base, 'photos-out', 'my photos-'))).toBe(true)
      expect(await inventoryOf(out)).toMatchObject({
        inventory: { total: 30, measured: 28, failed: 2, failures: [{ code: 'broken_image', count: 2 }] },
      })
      const [header, ...rows] = readCsv(await readFile(join(out, 'inventory.csv'), 'utf8'))
      expect(rows.map(([file]) => file)).toEqual(names)
      expect(rows.filter((row) => row[header?.indexOf('status') ?? -1] === 'failed').map(([file]) => file)).toEqual([
        'photo-00015.jpg',
        'photo-00030.jpg',
      ])
      expect(await readFile(join(out, 'index.html'), 'utf8')).toContain('photo-00001.jpg')
    }),
  )

  test('goes on after kill -9, and nothing that was done is done again', LONG, () =>
    inTemporaryFolder(async (base) => {
      await makePhotos(join(base, 'photos'), 60, { width: 360 })
      const args = ['photos', '--port', '0', '--out', 'result']
      const first = new Started(base, args)
      await first.says(/running.* [1-9]\d* of 63/)
      await first.kill()
      const { items: before } = await ledgerOf(join(base, '.monofil'))
      const done = new Map(before.filter(({ status }) => status === 'completed').map((item) => [item.id, item]))
      expect(done.size).toBeGreaterThan(0)
      expect(done.size).toBeLessThan(60)

      const second = new Started(base, args)
      expect(await second.ended).toBe(0)
      expect(second.out).toContain('A run that was not finished goes on')
      const { runs, run, items, offsets } = await ledgerOf(join(base, '.monofil'))
      expect(runs).toHaveLength(1)
      expect(run).toMatchObject({ status: 'completed', counts: { completed: 63, failed: 0, total: 63 }, progress: 100 })
      expect(items).toHaveLength(60)
      for (const item of items) if (done.has(item.id)) expect(item).toEqual(done.get(item.id))
      expect(offsets).toEqual(offsets.map((_, at) => at + 1))
      expect(await inventoryOf(join(base, 'result'))).toMatchObject({
        inventory: { total: 60, measured: 60, failed: 0 },
      })
    }),
  )

  test('Ctrl-C stops in order, and the next start goes on', LONG, () =>
    inTemporaryFolder(async (base) => {
      await makePhotos(join(base, 'photos'), 50, { width: 360 })
      const first = new Started(base, ['photos', '--port', '0', '--out', 'result'])
      await first.says(/running.* [1-9]\d* of 53/)
      first.child.kill('SIGINT')
      expect(await first.ended).toBe(130)
      expect(first.out).toContain('the next start goes on')
      const second = new Started(base, ['photos', '--port', '0', '--out', 'result'])
      expect(await second.ended).toBe(0)
      expect((await ledgerOf(join(base, '.monofil'))).items.every(({ attempts }) => attempts === 1)).toBe(true)
    }),
  )

  test.each([
    ['on a terminal', { isTTY: true, columns: 100 }, []],
    ['with --serve', {}, ['--serve']],
  ] as const)('%s page and console stay up at the end', LONG, (_where, terminal, more) =>
    inTemporaryFolder(async (base) => {
      await makePhotos(join(base, 'photos'), 6)
      const out = Object.assign(new PassThrough(), terminal)
      const stop = new AbortController()
      let text = ''
      out.setEncoding('utf8').on('data', (part: string) => {
        text += part
        const page = /stays up at (http:\S+\/) until/.exec(text)?.[1]
        if (page === undefined || stop.signal.aborted) return
        const hub = /In the console: +(http:\S+?)\/console/.exec(text)?.[1]
        Promise.all([fetch(page), fetch(`${hub}/healthz`)]).then(
          (answers) => stop.abort(answers.every(({ ok }) => ok)),
          (error: unknown) => stop.abort(error),
        )
      })
      const argv = [join(base, 'photos'), '--port', '0', '--data', join(base, 'data'), '--out', join(base, 'out')]
      await writeFile(join(base, 'index.html'), 'the page')
      expect(await runPhotos([...argv, ...more], out, stop.signal, base)).toBe(0)
      expect(stop.signal.reason).toBe(true)
    }),
  )
})

describe('what cannot be done is said in words', () => {
  async function refused(base: string, args: readonly string[]): Promise<{ code: number | null; err: string }> {
    const started = new Started(base, args)
    return { code: await started.ended, err: started.err }
  }

  test('a folder that is missing, empty, a file, or without photos; wrong usage', LONG, () =>
    inTemporaryFolder(async (base) => {
      await mkdir(join(base, 'empty'))
      await writeFile(join(base, 'file.jpg'), '')
      const answers = await Promise.all([
        refused(base, ['nowhere']),
        refused(base, ['empty']),
        refused(base, ['file.jpg']),
        refused(base, ['--port', 'x']),
      ])
      expect(answers).toMatchObject([
        { code: 1, err: expect.stringContaining('There is no folder') },
        { code: 1, err: expect.stringContaining('There are no photos in') },
        { code: 1, err: expect.stringContaining('is a file') },
        { code: 2, err: expect.stringContaining('--port takes') },
      ])
      for (const { err } of answers) expect(err.trim().split('\n')).toHaveLength(1)
    }),
  )

  test('a port that is taken, a data folder that is no folder or that another start owns', LONG, () =>
    inTemporaryFolder(async (base) => {
      await makePhotos(join(base, 'photos'), 40)
      await writeFile(join(base, 'a-file'), '')
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      const port = typeof address === 'object' && address ? String(address.port) : ''
      const taken = await refused(base, ['photos', '--port', port])
      server.close()
      expect(taken).toMatchObject({ code: 1, err: expect.stringContaining(`Port ${port}`) })
      expect(await refused(base, ['photos', '--port', '0', '--data', 'a-file'])).toMatchObject({ code: 1 })
      expect(await refused(base, ['--port', '0', '--data', 'a-file'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('--data'),
      })

      const owner = new Started(base, ['photos', '--port', '0', '--data', 'owned', '--out', 'result'])
      await owner.says(/Live in the browser/)
      const answer = refused(base, ['photos', '--port', '0', '--data', 'owned'])
      // It waits for the folder for 5 s, in case the owner is just ending.
      owner.child.kill('SIGSTOP')
      expect(await answer).toMatchObject({ code: 1, err: expect.stringContaining(String(owner.child.pid)) })
      await owner.kill()
    }),
  )
})
