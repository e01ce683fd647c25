import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let hub: TestHub
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-console-'))
  await mkdir(join(dir, 'dist', 'assets'), { recursive: true })
  await writeFile(join(dir, 'secret.txt'), 'secret')
  await writeFile(join(dir, 'dist', 'index.html'), '<!doctype html><title>console</title>')
  await writeFile(join(dir, 'dist', 'assets', 'app-1a2b.js'), 'export {}')
  hub = await startHub({ consoleDir: join(dir, 'dist') })
})
afterAll(async () => {
  await hub.close()
  await rm(dir, { recursive: true })
})

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(hub.url + path, { headers, redirect: 'manual' })

/** The path as it is, which fetch would tidy up. */
function rawGet(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: hub.server.port })
    let said = ''
    socket.on('data', (chunk) => {
      said += chunk.toString()
    })
    socket.on('close', () => resolve(said))
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  })
}

test('pages of the console are its index, uncached and with a policy', async () => {
  for (const path of [
    '/console/',
    '/console/runs/x',
    '/console/connections',
    '/console/runs/a%2Fb',
    '/console/runs/a.b',
  ]) {
    const page = await get(path)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.headers.get('cache-control')).toBe('no-cache')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect(await page.text()).toContain('<title>console</title>')
  }
  for (const path of ['/', '/console']) {
    const redirect = await get(path)
    expect([redirect.status, redirect.headers.get('location')]).toEqual([308, '/console/'])
  }
})

test('assets are typed and cached for good; what the reader has is not sent again', async () => {
  const asset = await get('/console/assets/app-1a2b.js')
  expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(asset.headers.get('cache-control')).toContain('immutable')
  expect(asset.headers.get('x-content-type-options')).toBe('nosniff')
  expect(asset.headers.get('content-security-policy')).toContain("connect-src 'self'")
  const again = await get('/console/assets/app-1a2b.js', { 'If-None-Match': asset.headers.get('etag') ?? '' })
  expect(again.status).toBe(304)
  expect((await get('/console/assets/none.js')).status).toBe(404)
  const head = await fetch(`${hub.url}/console/assets/app-1a2b.js`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '9', ''])
})

test('nothing outside of its folder is served', async () => {
  for (const path of [
    '/console/../secret.txt',
    '/console/..%2Fsecret.txt',
    '/console/%2e%2e/secret.txt',
    '/console/..%5csecret.txt',
    '/console/assets/..%2F..%2F..%2Fsecret.txt',
    '/console/x%00.js',
    `/console/${dir}/secret.txt`,
  ]) {
    const said = await rawGet(path)
    expect(said).not.toContain('secret\n')
    expect(said.endsWith('secret')).toBe(false)
    expect(said).toMatch(/^HTTP\/1\.1 (200|404) /)
  }
})
