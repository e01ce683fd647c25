import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Io } from './context.ts'
import { COMMANDS, main } from './program.ts'

async function cli(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new PassThrough().setEncoding('utf8')
  const stderr = new PassThrough().setEncoding('utf8')
  const io: Io = { stdout, stderr, stdin: Readable.from([]), env: {}, cwd: process.cwd() }
  const code = await main(argv, io, '1.2.3')
  return { code, stdout: stdout.read() ?? '', stderr: stderr.read() ?? '' }
}

describe('monofil', () => {
  test('--help lists every command that there is, and none that is not', async () => {
    const { code, stdout } = await cli('--help')
    expect(code).toBe(0)
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'))
    for (const later of ['doctor', 'migrate', 'backup']) {
      expect(stdout).not.toMatch(new RegExp(`^ {2}${later}\\b`, 'm'))
    }
  })

  test.each(COMMANDS.map(({ name }) => name))('%s --help explains it, with an example', async (name) => {
    const { code, stdout, stderr } = await cli(name, '--help')
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toContain(`Usage: monofil ${name}`)
    expect(stdout).toContain('--json')
    expect(stdout).toMatch(new RegExp(`^ {2}\\$ monofil ${name}\\b`, 'm'))
  })

  test('flags that are settings tell their variable and default', async () => {
    const { stdout } = await cli('start', '--help')
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '--port <number> Port to listen on; 0 takes a free one (default 4000, MONOFIL_PORT)',
    )
    expect((await cli('runs', '--help')).stdout).toContain('MONOFIL_URL')
  })

  test('--version', async () => {
    expect(await cli('--version')).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
  })

  test.each([
    [[], 'Usage: monofil'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['start', '--prot', '1'], "unknown option '--prot'"],
    [['run'], "missing required argument 'workflow'"],
    [['publish', 'orders', 'created'], "missing required argument 'data'"],
    [['runs', '--limit', '0'], '--limit: "0" is not a whole number from 1 to 200'],
    [['runs', '--status', 'done'], '--status: "done" is not one of queued, running'],
    [['tail', 'a b'], '"a b" is no topic'],
    [['tail', 'a', '--from', 'x'], '--from: "x" is no cursor'],
    [['tail', 'a', '--count', '0'], '--count: "0" is not a whole number from 1'],
    [['run', 'photos', '--input', '{'], '--input is not JSON'],
    [['worker'], 'A worker needs its workflows'],
    [['start', '--port', 'http'], '--port: "http" is not accepted'],
    [['smoke', 'hub'], '"hub" is not accepted'],
    [['status', '--url', 'hub'], '--url: "hub" is not accepted'],
  ])('wrong usage %j ends with 2 and says: %s', async (argv, words) => {
    const { code, stdout, stderr } = await cli(...argv)
    expect(stderr).toContain(words)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  test('with --json an error is JSON on standard error', async () => {
    const { code, stderr } = await cli('runs', '--limit', 'x', '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage', message: expect.stringContaining('--limit') } })
  })

  test('a hub that does not answer is said, with its address', async () => {
    const { code, stderr } = await cli('runs', '--url', 'http://127.0.0.1:1')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Error: .*http:\/\/127\.0\.0\.1:1/)
    expect(stderr).not.toContain('    at ')
  })
})
