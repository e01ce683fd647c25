import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApiContract, startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cors } from './cors.ts'

const APP = 'http://localhost:5173'
const OTHER = 'http://localhost:5174'

let hub: TestHub
let consoleDir: string
beforeAll(async () => {
  consoleDir = await mkdtemp(join(tmpdir(), 'monofil-cors-'))
  await writeFile(join(consoleDir, 'index.html'), '<!doctype html><title>console</title>')
  hub = await startHub({ corsOrigins: [APP], hstsSeconds: 300, consoleDir })
})
afterAll(async () => {
  await hub.close()
  await rm(consoleDir, { recursive: true, force: true })
})

type Heads = Record<string, string | string[] | undefined>
/** The head of an answer; fetch would not let `Origin` be set for every method. */
function ask(method: string, path: string, headers: Record<string, string> = {}, to = hub) {
  return new Promise<{ status: number; headers: Heads }>((resolve, reject) => {
    const asked = request(to.url + path, { method, headers }, (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers })
      response.destroy()
    })
    asked.on('error', reject)
    asked.end()
  })
}
const preflight = (origin: string) => ({ origin, 'access-control-request-method': 'PATCH' })

describe('pages of other origins', () => {
  test('a preflight of every call is answered to those on the list, and refused to others', async () => {
    const { calls } = new ApiContract((await hub.call('GET', '/openapi.json')).body)
    expect(calls.length).toBeGreaterThan(30)
    for (const { path } of calls) {
      const allowed = await ask('OPTIONS', path, preflight(APP))
      expect([path, allowed.status]).toEqual([path, 204])
      expect(allowed.headers).toMatchObject({
        'access-control-allow-origin': APP,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'Authorization, Content-Type, Cache-Control, Last-Event-ID',
        'access-control-max-age': '600',
        vary: 'Origin',
      })
      const refused = await ask('OPTIONS', path, preflight(OTHER))
      expect([path, refused.status, refused.headers['vary']]).toEqual([path, 403, 'Origin'])
      expect(corsOf(refused.headers)).toEqual([])
    }
  })

  test.each([
    ['an answer', 'GET', '/v1/runs', 200],
    ['a stream on the bare socket', 'GET', '/v1/stream?topics=orders', 200],
    ['a stream through node:http', 'GET', '/v1/stream?topics=orders&via=http', 200],
    ['a problem', 'GET', '/v1/runs/none', 404],
    ['a path that is none', 'GET', '/v1/none', 404],
    ['a refused stream', 'GET', '/v1/stream', 400],
    ['what has no content', 'OPTIONS', '/v1/runs', 204],
  ])('%s can be read by those on the list only', async (_what, method, path, status) => {
    const more: Record<string, string> = path.endsWith('http') ? { upgrade: 'h2c' } : {}
    const allowed = await ask(method, path, { origin: APP, ...more })
    expect(allowed.status).toBe(status)
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'Content-Disposition, Monofil-Connection, Monofil-Node, Retry-After',
      vary: 'Origin',
    })
    for (const origin of [OTHER, `${APP}.evil.example`, APP.toUpperCase(), 'null', `${APP}/`]) {
      const { headers } = await ask(method, path, { origin, ...more })
      expect([origin, headers['vary'], corsOf(headers)]).toEqual([origin, 'Origin', []])
    }
    expect(corsOf((await ask(method, path, more)).headers)).toEqual([])
  })

  test('without a list nothing is said, and preflights are refused', async () => {
    const closed = await startHub()
    try {
      const { status, headers } = await ask('OPTIONS', '/v1/runs', preflight(APP), closed)
      expect([status, corsOf(headers), headers['vary']]).toEqual([403, [], undefined])
    } finally {
      await closed.close()
    }
  })

  test.each(['*', 'https://*.example.com', 'https://a.example/', 'a.example', 'null', 'HTTPS://A.example', ''])(
    '%s is no origin',
    (origin) => {
      expect(() => new Cors([APP, origin])).toThrow('is no origin')
    },
  )
})
const corsOf = (headers: Heads) => Object.keys(headers).filter((name) => name.startsWith('access-control-'))

describe('headers of every answer', () => {
  const PLAIN = {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
  test.each([
    ['GET', '/v1/runs', 200],
    ['HEAD', '/v1/runs', 200],
    ['GET', '/v1/runs/none', 404],
    ['GET', '/nothing', 404],
    ['PUT', '/v1/runs', 405],
    ['OPTIONS', '/v1/runs', 204],
    ['GET', '/', 308],
    ['GET', '/healthz', 200],
  ])('%s %s', async (method, path, status) => {
    expect(await ask(method, path)).toMatchObject({ status, headers: PLAIN })
  })

  test.each(['/console/', '/console/runs/x', '/docs'])('the page %s', async (path) => {
    const { headers } = await ask('GET', path)
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|data:|blob:|https?:/)
  })

  test('a page that the reader has keeps its own policy', async () => {
    const etag = String((await ask('GET', '/console/')).headers['etag'])
    const { status, headers } = await ask('GET', '/console/', { 'if-none-match': etag })
    expect([status, headers['content-security-policy']]).toEqual([304, undefined])
  })

  test('a stream is not kept, not guessed and not embedded', async () => {
    expect((await ask('GET', '/v1/stream?topics=orders')).headers).toMatchObject({
      'cache-control': 'no-cache, no-transform',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
  })

  test('https is promised only to those who came by it, and only by setting', async () => {
    // Development mode refuses what came through a proxy, with the same headers as any answer.
    const secure = await ask('GET', '/healthz', { 'x-forwarded-proto': 'https' })
    expect(secure.headers['strict-transport-security']).toBe('max-age=300; includeSubDomains')
    expect((await ask('GET', '/healthz')).headers['strict-transport-security']).toBeUndefined()
    expect(
      (await ask('GET', '/healthz', { 'x-forwarded-proto': 'http' })).headers['strict-transport-security'],
    ).toBeUndefined()
  })
})
