import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@monofil/client'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { json } from './answers.ts'
import { type PageServer, servePage } from './page-server.ts'

let base: string
let hub: TestHub
let page: PageServer
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'monofil-page-'))
  const dir = join(base, 'page')
  await mkdir(join(dir, 'assets'), { recursive: true })
  await writeFile(join(dir, 'index.html'), '<p>the page</p>')
  await writeFile(join(dir, 'assets', 'index-1.js'), '1')
  await writeFile(join(base, 'secret.txt'), 'secret')
  hub = await startHub()
  page = await servePage({
    ...{ hub: hub.url, dir, port: 0 },
    route: (message, response, path) => {
      if (path !== '/api/own') return false
      json(response, 200, { method: message.method })
      return true
    },
  })
})
afterAll(async () => {
  await page?.close()
  await hub?.close()
  await rm(base, { recursive: true, force: true })
})

/** A request with its path and host as they are, which fetch would tidy up. */
function plain(path: string, options: { method?: string; host?: string; origin?: string } = {}) {
  const { host: here, port } = new URL(page.url)
  const { method = 'GET', host = here, origin } = options
  const headers = { host, ...(origin === undefined ? {} : { origin }) }
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asking.on('error', reject)
    asking.end()
  })
}

test('gives the page, its files and the example’s own routes, and nothing else of the disk', async () => {
  expect(await plain('/')).toMatchObject({ status: 200, text: '<p>the page</p>' })
  expect(await plain('/runs/any')).toMatchObject({ status: 200, text: '<p>the page</p>' })
  expect(await plain('/assets/index-1.js')).toMatchObject({ status: 200, text: '1' })
  expect(await plain('/api/own', { method: 'POST' })).toMatchObject({ status: 200, text: '{"method":"POST"}' })
  for (const path of ['/assets/../index.html', '/assets/..', '/../secret.txt', '/secret.txt', '/nothing']) {
    expect(await plain(path), path).toMatchObject({ status: 404, text: '' })
  }
  expect((await plain('/', { method: 'POST' })).status).toBe(405)
})

test('is for this machine: a page of another host gets neither files, routes nor the hub', async () => {
  for (const path of ['/', '/api/own', '/v1/runs']) {
    expect((await plain(path, { host: 'evil.example' })).status, path).toBe(403)
    expect((await plain(path, { origin: 'https://evil.example' })).status, path).toBe(403)
    expect((await plain(path, { host: 'localhost' })).status, path).toBe(200)
  }
  expect((await plain('/api/own', { origin: page.url })).status).toBe(200)
})

test('passes the hub’s calls and streams on as they come, and says when the hub is away', async () => {
  const client = createClient({ url: page.url })
  const { id } = await client.api.runs.start({ workflow: 'any', external: true })
  const stream = await fetch(`${page.url}/v1/runs/${id}/events`)
  let text = ''
  const ended = (async () => {
    for await (const part of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) text += part
  })()
  await expect.poll(() => text).toContain('event: progress')
  await client.api.runs.report(id, [{ id: 'end', status: 'completed' }])
  client.close()
  await ended
  expect(text).toContain('event: complete')
  const orphan = await servePage({ hub: 'http://127.0.0.1:1', port: 0, dir: 'nowhere' })
  expect((await fetch(`${orphan.url}/v1/runs`)).status).toBe(502)
  await orphan.close()
})

test('takes a free port where the wanted one is taken', async () => {
  const second = await servePage({ hub: hub.url, port: Number(new URL(page.url).port), dir: 'nowhere' })
  expect(second.url).not.toBe(page.url)
  await second.close()
})
