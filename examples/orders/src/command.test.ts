import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runOrders } from './command.ts'

let base: string
let pageDir: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'monofil-orders-command-'))
  pageDir = join(base, 'page')
  await mkdir(pageDir)
  await writeFile(join(pageDir, 'index.html'), '<p>the page</p>')
})
afterAll(() => rm(base, { recursive: true, force: true, maxRetries: 3 }))

/** Runs the command until `use` is done with the addresses that it printed. */
async function running(argv: readonly string[], use: (addresses: string[]) => Promise<void>): Promise<number> {
  const out = new PassThrough().setEncoding('utf8')
  const begun = Promise.withResolvers<void>()
  let said = ''
  out.on('data', (text: string) => {
    said += text
    if (said.includes('Ctrl-C ends it.')) begun.resolve()
  })
  const stop = new AbortController()
  const code = runOrders(argv, out, stop.signal, pageDir)
  await Promise.race([begun.promise, code])
  await use(said.match(/http:\S+sign-in=\S+/g) ?? [])
  stop.abort()
  return code
}

/** How many orders each of the addresses' users sees. */
async function counts(addresses: readonly string[]): Promise<number[]> {
  const seen = addresses.map(async (address) => {
    const { origin, searchParams } = new URL(address)
    expect(await (await fetch(address)).text()).toBe('<p>the page</p>')
    const body = JSON.stringify({ user: searchParams.get('sign-in') })
    const headers = { 'Content-Type': 'application/json' }
    const signedIn = await fetch(`${origin}/api/session`, { method: 'POST', headers, body })
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    return (await (await fetch(`${origin}/api/orders`, { headers: { cookie } })).json()).total as number
  })
  return Promise.all(seen)
}

test('prints an address for each of three people, with sample orders that are made once', async () => {
  const argv = ['--port', '0', '--data', join(base, 'data')]
  let first: number[] = []
  const code = await running(argv, async (addresses) => {
    first = await counts(addresses)
  })
  expect([code, first.length, first[0], first[1]]).toEqual([0, 3, 64, 64])
  expect(first[2]).toBeGreaterThan(0)
  expect(first[2]).toBeLessThan(64)
  await running([...argv, '--simulate', '50'], async (addresses) => {
    await expect.poll(async () => (await counts(addresses))[0]).toBeGreaterThan(64)
  })
})

test('says in words what it cannot do', async () => {
  const out = new PassThrough()
  const { signal } = new AbortController()
  await expect(runOrders([], out, signal, null)).rejects.toThrow('The page is not built.')
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => taken.once('listening', listening))
  const address = taken.address()
  const port = String(typeof address === 'object' ? address?.port : '')
  const argv = ['--port', port, '--data', join(base, 'other')]
  await expect(runOrders(argv, out, signal, pageDir)).rejects.toThrow(`Port ${port} cannot be had: EADDRINUSE.`)
  await new Promise((closed) => taken.close(closed))
})
