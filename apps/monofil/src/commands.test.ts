import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Bench, type Bin } from '../test/bin.ts'
import { startLiar } from '../test/liar.ts'

const COUNT = fileURLToPath(new URL('../test/workflows/count.ts', import.meta.url))

// Each test starts processes, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let bench: Bench
let hub: Bin
let url: string
beforeAll(async () => {
  bench = await Bench.open()
  const started = await bench.startHub(['--workflows', COUNT])
  hub = started.bin
  url = started.url
})
afterAll(() => bench.close())

/** Runs a command against the hub of this file. */
function cli(...args: string[]): ReturnType<Bench['run']> {
  return bench.run(args, { env: { MONOFIL_URL: url } })
}

describe('monofil logs', () => {
  const report = (id: string, ...all: object[]) =>
    fetch(`${url}/v1/runs/${id}/reports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reports: all.map((one, n) => ({ id: `${performance.now()}-${n}`, ...one })) }),
    })
  const external = (id: string, more: object = {}) =>
    fetch(`${url}/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, workflow: 'elsewhere', external: true, ...more }),
    })

  test('prints the log, filtered, or its end; what is wrong is said', async () => {
    await external('l1')
    await report(
      'l1',
      ...Array.from({ length: 450 }, (_, n) => ({
        item: `i${n % 2}`,
        log: { level: n === 7 ? 'warn' : 'info', message: `line ${n}` },
      })),
    )
    const all = (await cli('logs', 'l1')).stdout.trim().split('\n')
    expect(all).toHaveLength(450)
    expect(all[0]).toMatch(/ info {2}i0 line 0$/)
    expect((await cli('logs', 'l1', '--level', 'warn')).stdout).toMatch(/^[^\n]* warn {2}i1 line 7\n$/)
    const tail = await cli('logs', 'l1', '--tail', '2', '--item', 'i0', '--json')
    expect(
      tail.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).message),
    ).toEqual(['line 446', 'line 448'])
    expect(await cli('logs', 'none')).toMatchObject({ code: 1, stderr: expect.stringContaining('none') })
    expect(await cli('logs', 'l1', '--level', 'loud')).toMatchObject({ code: 2 })
  })

  test('--follow prints each line once, those before and those written meanwhile, and ends with the run', async () => {
    await external('l2')
    await report('l2', ...Array.from({ length: 300 }, (_, n) => ({ log: `${n}` })))
    const bin = bench.spawn(['logs', 'l2', '--follow', '--json', '--url', url])
    for (let n = 300; n < 900; n += 20)
      await report('l2', ...Array.from({ length: 20 }, (_, i) => ({ log: `${n + i}` })))
    await report('l2', { status: 'completed' })
    expect((await bin.exit).code).toBe(0)
    const messages = bin.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).message)
    expect(messages).toEqual(Array.from({ length: 900 }, (_, n) => `${n}`))
  })

  test('many runs are controlled by a filter, and deleted, when that is said', async () => {
    for (const id of ['b1', 'b2', 'b3']) await external(id, { tags: ['bulk'] })
    const asked = await cli('cancel', '--tag', 'bulk', '--force')
    expect(asked).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('cancel 3 runs') })
    expect((await cli('cancel', '--tag', 'bulk', '--force', '--yes')).stdout).toBe('Cancelled 3 runs.\n')
    expect((await cli('cancel', '--tag', 'bulk', '--yes')).stdout).toContain('No run')
    expect(await cli('delete', 'b1')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    expect((await cli('delete', 'b1', '--yes')).stdout).toBe('deleted b1\n')
    const rest = await cli('delete', '--tag', 'bulk', '--status', 'cancelled', '--yes', '--json')
    expect(JSON.parse(rest.stdout)).toEqual({ action: 'delete', matched: 2, done: 2, failed: [] })
    expect((await cli('runs', '--q', 'bulk', '--json')).stdout).toContain('"items":[]')
    for (const wrong of [
      ['delete'],
      ['cancel', 'b1', '--tag', 'x'],
      ['pause', '--status', 'odd'],
      ['retry', '--since', 'monday'],
    ]) {
      expect(await cli(...wrong)).toMatchObject({ code: 2, stdout: '' })
    }
  })
})

describe('monofil run', () => {
  test('answers the run and its page; the same id and input again joins it', async () => {
    const first = await cli('run', 'count', '--id', 'joined', '--input', '{"items":3}')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(new RegExp(`^joined  \\w+  ${url}/console/runs/joined\n$`))
    expect(await cli('run', 'count', '--id', 'joined', '--input', '{"items":3}')).toMatchObject({ code: 0 })
    const other = await cli('run', 'count', '--id', 'joined', '--input', '{"items":4}')
    expect(other.code).toBe(1)
    expect(other.stderr).toContain('joined')
  })

  test('--follow shows plain lines into a pipe and ends with a summary', async () => {
    const { code, stdout } = await cli('run', 'count', '--id', 'f1', '--input', '{"items":8}', '--follow')
    const lines = stdout.trim().split('\n')
    expect(lines[0]).toBe(`Run f1 of count: ${url}/console/runs/f1`)
    expect(lines.at(-2)).toMatch(/^✔ completed {2}count f1 {2}10 of 10 in /)
    expect(lines.at(-1)).toBe(`  ${url}/console/runs/f1`)
    expect(stdout).not.toContain('\u001b')
    expect(code).toBe(0)
  })

  test('a run in part fails says what failed and is no failure; one that fails is', async () => {
    const partial = await cli('run', 'count', '--input', '{"items":4,"fail":[2]}', '--follow')
    expect(partial.stdout).toContain('▲ partial')
    expect(partial.stdout).toContain('1 × error in work')
    expect(partial.code).toBe(0)
    const failed = await cli('run', 'count', '--input', '{"items":2,"fail":[1,2]}', '--follow', '--json')
    expect(JSON.parse(failed.stdout)).toMatchObject({ status: 'failed', counts: { failed: 2 } })
    expect(failed.code).toBe(1)
  })

  test('an unknown workflow and a refused input are said in words', async () => {
    const unknown = await cli('run', 'nothing')
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('--workflows') })
    const refused = await cli('run', 'count', '--input', '{"items":"many"}')
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('items') })
  })

  test('Ctrl-C stops following, not the run', async () => {
    const args = ['run', 'count', '--id', 'slow', '--input', '{"items":40,"waitMs":100}', '--follow', '--url', url]
    const bin = bench.spawn(args)
    await bin.until(/count slow: running/)
    bin.signal('SIGINT')
    expect((await bin.exit).code).toBe(1)
    expect(bin.stderr).toContain('run slow goes on')
    const again = await cli(...args)
    expect(again.stdout).toContain('completed  count slow')
  })

  test('without a hub it says so', async () => {
    const { code, stderr } = await cli('run', 'count', '--url', 'http://127.0.0.1:1')
    expect(code).toBe(1)
    expect(stderr).toContain('http://127.0.0.1:1')
  })
})

describe('monofil pause, resume, cancel, retry, rerun', () => {
  test('each does what it says and tells the run as it is then', async () => {
    await cli('run', 'count', '--id', 'c1', '--input', '{"items":400,"waitMs":100}')
    expect(await cli('pause', 'c1')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/paused .*c1/),
    })
    expect((await cli('pause', 'c1', '--hard')).code).toBe(0)
    const hard = JSON.parse((await cli('pause', 'c1', '--json')).stdout)
    expect(hard).toMatchObject({ id: 'c1', status: 'paused', counts: { running: 0 }, controls: ['resume', 'cancel'] })
    expect((await cli('resume', 'c1')).stdout).toMatch(/(running|queued) .*c1/)
    expect((await cli('cancel', 'c1')).stdout).toMatch(/cancelled .*c1/)
    expect((await cli('cancel', 'c1')).code).toBe(0)
    expect((await cli('retry', 'c1')).stdout).toMatch(/queued .*c1/)
    await cli('cancel', 'c1', '--force')
    const again = await cli('rerun', 'c1', '--id', 'c2', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ id: 'c2', parentId: 'c1' })
    await cli('cancel', 'c2')
  })

  test('goes on to the last of several, and exits 1 when one was refused', async () => {
    await cli('run', 'count', '--id', 'c3', '--input', '{"items":400,"waitMs":100}')
    const { code, stdout, stderr } = await cli('pause', 'nobody', 'c3')
    expect(code).toBe(1)
    expect(stdout).toMatch(/paused .*c3/)
    expect(stderr).toMatch(/pause nobody: There is no run nobody/)
    const refused = await cli('retry', 'c3', '--json')
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.stdout)).toMatchObject({ id: 'c3', error: { code: 'invalid_state', state: 'paused' } })
    await cli('cancel', 'c3')
    const item = await cli('retry', 'c3', '--item', 'work:9999')
    expect(item).toMatchObject({ code: 1, stderr: expect.stringContaining('work:9999') })
    expect((await cli('rerun', 'c3', 'c1', '--id', 'x')).code).toBe(2)
    expect((await cli('pause')).code).toBe(2)
  })
})

describe('monofil publish and tail', () => {
  test('what is published is tailed, once each and in order', async () => {
    const tail = bench.spawn(['tail', 'orders', 'stock', '--from', '0', '--count', '3', '--json', '--url', url])
    expect((await cli('publish', 'orders', 'created', '{"number":7}')).stdout).toBe('orders: offset 1\n')
    expect((await cli('publish', 'orders', 'paid', '{"number":7}', '--id', 'p1')).stdout).toBe('orders: offset 2\n')
    expect((await cli('publish', 'orders', 'paid', '{"number":7}', '--id', 'p1')).stdout).toContain('known already')
    const stdin = bench.run(['publish', 'stock', 'left', '-', '--json', '--url', url], { stdin: '[1]' })
    expect(JSON.parse((await stdin).stdout)).toMatchObject({ topic: 'stock', offset: 1 })
    expect((await tail.exit).code).toBe(0)
    const events = tail.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.filter((event) => event['topic'] === 'orders')).toMatchObject([
      { kind: 'event', offset: 1, type: 'created', data: { number: 7 } },
      { kind: 'event', offset: 2, type: 'paid' },
    ])
    expect(events.filter((event) => event['topic'] === 'stock')).toMatchObject([{ type: 'left', data: [1] }])
  })

  test('tail ends in order at Ctrl-C, and prints one line of words per event', async () => {
    const tail = bench.spawn(['tail', 'words', '--from', '0', '--url', url])
    await cli('publish', 'words', 'said', '"a\\nb"')
    await tail.until(/words 1 said "a\\nb"\n/)
    tail.signal('SIGINT')
    expect((await tail.exit).code).toBe(0)
  })

  test('tail of a run ends with the run', async () => {
    await cli('run', 'count', '--id', 'tailed', '--input', '{"items":2}')
    const { code, stdout } = await cli('tail', 'run:tailed', '--from', '0', '--json')
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; type?: string })
    expect(kinds.filter(({ kind }) => kind === 'event').at(-1)?.type).toBe('complete')
    expect(code).toBe(0)
  })

  test('a topic that is not there, and one that may not be published to', async () => {
    const tail = await cli('tail', 'run:nobody')
    expect(tail).toMatchObject({ code: 1, stderr: expect.stringContaining('run:nobody') })
    const publish = await cli('publish', 'runs', 'x', '1')
    expect(publish).toMatchObject({ code: 1, stderr: expect.stringContaining('Error: ') })
  })
})

describe('monofil runs and status', () => {
  test('lists runs, newest first, with filters', async () => {
    await cli('run', 'count', '--id', 'listed', '--input', '{"items":1}', '--follow')
    const { code, stdout } = await cli('runs', '--q', 'listed')
    expect(stdout).toMatch(/^✔ completed +100 % {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}count {2}listed {2}3 of 3\n$/)
    expect(code).toBe(0)
    const page = JSON.parse((await cli('runs', '--status', 'completed', '--limit', '1', '--json')).stdout) as {
      items: { id: string }[]
    }
    expect(page.items.map(({ id }) => id)).toEqual(['listed'])
    expect((await cli('runs', '--workflow', 'none')).stdout).toContain('No runs')
  })

  test('says what the hub does', async () => {
    const { code, stdout } = await cli('status')
    expect(stdout).toContain(`✔ ${url} answers`)
    expect(stdout).toMatch(/Workflows +count/)
    expect(code).toBe(0)
    const answer = JSON.parse((await cli('status', '--json')).stdout) as Record<string, unknown>
    expect(Object.keys(answer)).toEqual(['url', 'running', 'workflows', 'connections'])
  })
})

describe('monofil smoke', () => {
  test('passes on a hub of its own', async () => {
    const { code, stdout, stderr } = await bench.run(['smoke'])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^✔ smoke passed {2}\d+ events in /)
    expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+\/console\/runs\/smoke-/)
    expect(code).toBe(0)
  })

  test('passes on a hub that is there, and leaves a run that can be looked at', async () => {
    const { code, stdout } = await bench.run(['smoke', url, '--json'])
    const report = JSON.parse(stdout) as { ok: boolean; states: number; events: number; runId: string }
    expect(report).toMatchObject({ ok: true, status: 'completed', mismatches: [] })
    // Two streams, four batches and the end.
    expect(report.states).toBeGreaterThanOrEqual(8)
    expect((await fetch(`${url}/v1/runs/${report.runId}`)).status).toBe(200)
    expect(code).toBe(0)
  })

  test('fails on a hub whose REST and streams differ, and says in what', async () => {
    const liar = await startLiar(url)
    const { code, stdout } = await bench.run(['smoke', liar.url])
    liar.close()
    expect(stdout).toContain('✖ smoke failed')
    expect(stdout).toMatch(/own stream, state at offset \d+: progress is [\d.]+, REST says 12.5/)
    expect(code).toBe(1)
  })

  test('fails on a hub that does not answer', async () => {
    const { code, stderr } = await bench.run(['smoke', 'http://127.0.0.1:1'])
    expect(code).toBe(1)
    expect(stderr).toContain('http://127.0.0.1:1')
  })
})

describe('monofil worker', () => {
  test('works beside a hub that has none, and stops in order', async () => {
    const other = await Bench.open()
    try {
      const { url } = await other.startHub()
      const worker = other.spawn(['worker', '--workflows', COUNT])
      await worker.until(/^Monofil worker worker-\S+ runs count on /)
      const run = await other.run(['run', 'count', '--input', '{"items":3}', '--follow', '--url', url])
      expect(run.stdout).toContain('✔ completed')
      worker.signal('SIGTERM')
      expect(await worker.exit).toEqual({ code: 0, signal: null })
    } finally {
      await other.close()
    }
  })

  test('without a hub on the data folder it says so', async () => {
    const { code, stderr } = await bench.run([
      'worker',
      '--workflows',
      COUNT,
      '--data',
      'nowhere',
      '--log-level',
      'error',
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('monofil start')
  })
})

test('the hub of these tests is still well', async () => {
  hub.signal('SIGINT')
  expect((await hub.exit).code).toBe(0)
})
