import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'

// Each test starts processes, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000 })

let bench: Bench
beforeEach(async () => {
  bench = await Bench.open()
})
afterEach(() => bench.close())

async function envFile(): Promise<{ MONOFIL_SECRET: string }> {
  expect((await bench.run(['keys'])).code).toBe(0)
  const text = await readFile(join(bench.folder, 'monofil.env'), 'utf8')
  return { MONOFIL_SECRET: text.trim().replace('MONOFIL_SECRET=', '') }
}

async function startHub(env: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<string> {
  const bin = bench.spawn(['start', '--port', '0', ...args], { env })
  const [, port = ''] = await bin.until(/Monofil listening on http:\S+:(\d+)/)
  return `http://127.0.0.1:${port}`
}

const HALF_A_PAIR = { MONOFIL_VAPID_PRIVATE_KEY: `s3cret${'A'.repeat(37)}` }

describe('monofil keys, token, revoke', () => {
  test('a secret: made once, for this user only, and never shown', async () => {
    const env = await envFile()
    const file = join(bench.folder, 'monofil.env')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(env.MONOFIL_SECRET).toMatch(/^[\w-]{43}$/)
    const again = await bench.run(['keys'])
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') })
    expect(await readFile(file, 'utf8')).toContain(env.MONOFIL_SECRET)
  })

  test('a hub with keys takes tokens, on any address, and refuses those that are revoked', async () => {
    const env = await envFile()
    const url = await startHub(env, ['--host', '0.0.0.0'])
    const stranger = await bench.run(['runs', '--url', url])
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining('A credential is needed') })
    const tokenOf = async (...args: string[]) => (await bench.run(['token', ...args], { env })).stdout.trim()
    const boss = await tokenOf('--sub', 'boss', '--role', 'admin')
    const alice = await tokenOf('--sub', 'alice', '--topic', 'orders*', '--expires', '5m')
    const who = async (token: string) =>
      (await fetch(`${url}/v1/session`, { headers: { authorization: `Bearer ${token}` } })).json()
    expect(await who(boss)).toMatchObject({ user: 'boss', isOperator: true })
    expect(await who(alice)).toMatchObject({ user: 'alice', isOperator: false, topics: ['orders*'] })
    const asBoss = { MONOFIL_URL: url, MONOFIL_TOKEN: boss }
    const revoked = await bench.run(['revoke', '--sub', 'alice'], { env: asBoss })
    expect(revoked).toMatchObject({ code: 0, stdout: expect.stringContaining('rev-1  user alice') })
    expect(await who(alice)).toMatchObject({ code: 'unauthorized' })
    const listed = await bench.run(['revoke', '--list', '--json'], { env: asBoss })
    expect(JSON.parse(listed.stdout)).toMatchObject({ id: 'rev-1', sub: 'alice', by: 'boss' })
    expect((await bench.run(['revoke', '--undo', 'rev-1'], { env: asBoss })).code).toBe(0)
    await expect.poll(() => who(alice)).toMatchObject({ user: 'alice' })
  })

  test('a key pair: the hub has the public half only, and the operator a role of another name', async () => {
    expect((await bench.run(['keys', '--kind', 'eddsa', '--out', 'k'])).code).toBe(0)
    const settings = ['--keys', 'k/monofil-public.pem', '--issuer', 'me', '--operator-role', 'ops']
    const url = await startHub({}, settings)
    const made = await bench.run([
      ...['token', '--sub', 'a', '--role', 'ops', '--issuer', 'me', '--key', 'k/monofil-private.pem', '--json'],
    ])
    const { token } = JSON.parse(made.stdout) as { token: string }
    const answer = await fetch(`${url}/v1/connections`, { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(200)
    const other = await bench.run(['token', '--sub', 'a', '--key', 'k/monofil-private.pem'])
    const refused = await fetch(`${url}/v1/runs`, { headers: { authorization: `Bearer ${other.stdout.trim()}` } })
    expect(refused.status).toBe(401)
  })

  test('keys of pushes: those of the file, or those that the data folder keeps', async () => {
    expect((await bench.run(['keys', '--kind', 'vapid'])).code).toBe(0)
    const file = join(bench.folder, 'monofil-vapid.env')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    const env = Object.fromEntries(lines.map((line) => line.split('='))) as Record<string, string>
    const keyOf = async (url: string) => (await fetch(`${url}/v1/push/key`)).json() as Promise<object>
    const subject = ['--push-subject', 'mailto:ops@example.com']
    expect(await keyOf(await startHub(env, [...subject, '--data', 'a']))).toEqual({
      publicKey: env['MONOFIL_VAPID_PUBLIC_KEY'],
    })
    expect(await keyOf(await startHub({}, [...subject, '--data', 'b']))).toEqual({ publicKey: expect.any(String) })
    expect(await keyOf(await startHub(env, ['--data', 'c']))).toMatchObject({ code: 'not_found' })
  })

  test.each<[string, string[], NodeJS.ProcessEnv, string]>([
    [
      'a secret that is short',
      ['start'],
      { MONOFIL_SECRET: 'short-s3cret' },
      'MONOFIL_SECRET: the value is not accepted',
    ],
    [
      'two sources',
      ['start'],
      { MONOFIL_SECRET: 's3cret'.repeat(9), MONOFIL_KEYS: 'x' },
      'MONOFIL_SECRET and MONOFIL_KEYS',
    ],
    ['a key file that is not there', ['start', '--keys', 'nowhere.pem'], {}, 'nowhere.pem could not be read'],
    ['a key file without a key', ['start', '--keys', 'empty.pem'], {}, 'MONOFIL_KEYS: there is no key'],
    ['a token for nobody', ['token'], {}, '--sub'],
    ['nothing to sign with', ['token', '--sub', 'a'], {}, 'MONOFIL_SECRET'],
    ['a token that lives too long', ['token', '--sub', 'a', '--expires', '2d'], {}, 'at most 24 h'],
    ['no time', ['token', '--sub', 'a', '--expires', 'soon'], {}, '"soon" is no time'],
    ['nothing to revoke', ['revoke'], {}, 'one of --sub'],
    [
      'half a pair for pushes',
      ['start', '--push-subject', 'mailto:a@b.example'],
      HALF_A_PAIR,
      'MONOFIL_VAPID_PUBLIC_KEY',
    ],
    ['a subject that services refuse', ['start', '--push-subject', 'https://localhost'], {}, 'MONOFIL_PUSH_SUBJECT'],
    ['an unknown kind', ['keys', '--kind', 'rot13'], {}, 'rot13'],
  ])('%s ends with 2 and says so', async (_what, args, env, words) => {
    await writeFile(join(bench.folder, 'empty.pem'), 'no key\n')
    const { code, stderr, stdout } = await bench.run(args, { env })
    expect(stderr).toContain(words)
    expect(stderr + stdout).not.toContain('s3cret')
    expect(code).toBe(2)
  })
})
