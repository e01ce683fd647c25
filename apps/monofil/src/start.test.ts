import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'

const workflow = (name: string): string => fileURLToPath(new URL(`../test/workflows/${name}.ts`, import.meta.url))

// Each test starts processes, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000 })

let bench: Bench
beforeEach(async () => {
  bench = await Bench.open()
})
afterEach(() => bench.close())

describe('monofil start', () => {
  test('says where it listens when all is ready, serves, and ends in order at Ctrl-C', async () => {
    const { bin, url } = await bench.startHub(['--workflows', workflow('count')])
    expect(bin.stdout).toBe(`Monofil listening on ${url}\n`)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const { items } = (await (await fetch(`${url}/v1/workflows`)).json()) as { items: { name: string }[] }
    expect(items.map((item) => item.name)).toEqual(['count'])
    bin.signal('SIGINT')
    expect(await bin.exit).toEqual({ code: 0, signal: null })
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })

  test('SIGTERM to the whole group, as a service manager sends it, is in order too', async () => {
    const { bin } = await bench.startHub(['--workflows', workflow('count'), '--log-level', 'error'])
    bin.signalTree('SIGTERM')
    expect(await bin.exit).toEqual({ code: 0, signal: null })
    expect(bin.stderr).toBe('')
  })

  test('a stop with a run in its middle hands items back; the next start goes on with it', async () => {
    const start = ['--workflows', workflow('count'), '--grace-ms', '0']
    const { bin, url } = await bench.startHub(start)
    const input = '{"items":40,"waitMs":50}'
    await bench.run(['run', 'count', '--id', 'r1', '--input', input, '--url', url])
    await someDone(url, 'r1')
    bin.signal('SIGINT')
    expect((await bin.exit).code).toBe(0)
    const again = await bench.startHub(start)
    const followed = await bench.run(['run', 'count', '--id', 'r1', '--input', input, '--follow', '--url', again.url])
    expect(followed.stdout).toContain('completed  count r1  42 of 42')
    expect(followed.code).toBe(0)
  })

  test('kill -9 of the whole tree, then start: the run goes on, nothing is done twice in the ledger', async () => {
    const start = ['--workflows', workflow('count')]
    const { bin, url } = await bench.startHub(start)
    const input = '{"items":60,"waitMs":30}'
    await bench.run(['run', 'count', '--id', 'r1', '--input', input, '--url', url])
    await someDone(url, 'r1')
    bin.signalTree('SIGKILL')
    await bin.exit
    const again = await bench.startHub(start)
    const followed = await bench.run([
      'run',
      'count',
      '--id',
      'r1',
      '--input',
      input,
      '--follow',
      '--json',
      '--url',
      again.url,
    ])
    expect(followed.code).toBe(0)
    const run = JSON.parse(followed.stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
    expect(run).toMatchObject({ status: 'completed', progress: 100, result: { sum: (60 * 61) / 2 } })
    expect(run['counts']).toMatchObject({ completed: 62, total: 62, failed: 0 })
  })

  test('who follows a run sees its end through kill -9 and a restart', async () => {
    const start = ['--workflows', workflow('count')]
    const { bin, url } = await bench.startHub(start)
    const input = '{"items":60,"waitMs":50}'
    const follower = bench.spawn(['run', 'count', '--id', 'r1', '--input', input, '--follow', '--url', url])
    await follower.until(/count r1: running/)
    bin.signalTree('SIGKILL')
    await bin.exit
    const again = bench.spawn(['start', '--port', new URL(url).port, ...start])
    await again.until(/listening/)
    expect((await follower.exit).code).toBe(0)
    expect(follower.stdout).toContain('✔ completed  count r1  62 of 62')
    expect(follower.stderr).toBe('')
  })

  test('a worker process that dies is started again and the run goes on', async () => {
    const { bin, url } = await bench.startHub(['--workflows', workflow('count'), '--log-level', 'info'])
    const [, pid] = await bin.until(/"worker":(\d+).*worker is ready/, 'stderr')
    const input = '{"items":40,"waitMs":50}'
    await bench.run(['run', 'count', '--id', 'r1', '--input', input, '--url', url])
    await someDone(url, 'r1')
    process.kill(Number(pid), 'SIGKILL')
    await bin.until(/worker process died and is started again/, 'stderr')
    const followed = await bench.run(['run', 'count', '--id', 'r1', '--input', input, '--follow', '--url', url])
    expect(followed.code).toBe(0)
  })
})

/** Resolves when some items of a run are done, and not all. */
async function someDone(url: string, id: string): Promise<void> {
  for (;;) {
    const run = (await (await fetch(`${url}/v1/runs/${id}`)).json()) as { counts: { completed: number } }
    if (run.counts.completed >= 4) return
  }
}

describe('monofil start refuses in words', () => {
  async function refused(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const { code, stdout, stderr } = await bench.run(['start', '--log-level', 'error', ...args], { env })
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^Error: /)
    expect(stderr).not.toContain('    at ')
    expect(code).toBe(1)
    return stderr
  }

  test('a port that is taken: which, and what else to do', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const words = await refused(['--port', String(port)])
    server.close()
    expect(words).toContain(`Port ${port} on 127.0.0.1 is taken`)
    expect(words).toContain('--port 0')
  })

  test('an address that is not of this machine alone, without keys', async () => {
    expect(await refused(['--host', '0.0.0.0'])).toContain('--host 0.0.0.0 is not accepted')
  })

  test('a data folder that another process owns: its pid', async () => {
    const { bin } = await bench.startHub()
    const words = await refused(['--port', '0'])
    expect(words).toContain(String(bin.pid))
    expect(words).toContain(join(bench.folder, '.monofil'))
  })

  test('a data folder that is a file, and one that cannot be made', async () => {
    await writeFile(join(bench.folder, 'file'), '')
    expect(await refused(['--port', '0', '--data', 'file'])).toContain(join(bench.folder, 'file'))
    if (process.platform === 'linux') {
      expect(await refused(['--port', '0', '--data', '/sys/monofil'])).toContain('/sys/monofil')
    }
  })

  test('data of a newer version', async () => {
    const data = join(bench.folder, '.monofil')
    await mkdir(data)
    const db = new DatabaseSync(join(data, 'monofil.db'))
    db.exec('PRAGMA user_version = 9999')
    db.close()
    expect(await refused(['--port', '0'])).toMatch(/newer/)
  })

  test.each([
    ['missing', 'does not exist', 'nowhere.ts'],
    ['without a default export', 'no default export', workflow('no-default')],
    ['without a workflow', 'defineWorkflow', workflow('not-a-workflow')],
    ['that throws', 'this module refuses to load', workflow('throws')],
  ])('a workflow file %s', async (_what, words, file) => {
    const stderr = await refused(['--port', '0', '--workflows', file])
    expect(stderr).toContain(words)
    expect(stderr).toContain(file)
  })

  test('the same workflow in two files', async () => {
    const copy = workflow('count-again')
    const stderr = await refused(['--port', '0', '--workflows', workflow('count'), copy])
    expect(stderr).toContain('count')
    expect(stderr).toContain(copy)
  })

  test('settings: the unknown and the bad one by name, with 2', async () => {
    const unknown = await bench.run(['start'], { env: { MONOFIL_PROT: '4000' } })
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Unknown setting MONOFIL_PROT') })
    const bad = await bench.run(['start'], { env: { MONOFIL_STORE: 'postgres' } })
    expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining('MONOFIL_STORE: "postgres" is not accepted') })
    await writeFile(join(bench.folder, 'monofil.config.ts'), 'export default { colour: 1 }\n')
    const file = await bench.run(['start'])
    expect(file).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Unknown setting colour in monofil.config.ts'),
    })
  })
})
