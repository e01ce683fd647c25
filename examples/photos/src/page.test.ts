import { mkdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { createClient } from '@monofil/client'
import type { PageServer } from '@monofil/example-page'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPage } from './page.ts'
import { inTemporaryFolder } from './testing.ts'

let hub: TestHub
let client: ReturnType<typeof createClient>
beforeAll(async () => {
  hub = await startHub()
  client = createClient({ url: hub.url })
})
afterAll(async () => {
  client?.close()
  await hub?.close()
})

/** A page over the hub, and a run of photos with results. */
function withPage(use: (page: PageServer, base: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (base) => {
    const [dir, out] = [join(base, 'page'), join(base, 'out')]
    await mkdir(join(dir, 'assets'), { recursive: true })
    await mkdir(join(out, 'thumbnails'), { recursive: true })
    await writeFile(join(dir, 'index.html'), '<p>the page</p>')
    await writeFile(join(dir, 'assets', 'index-1.js'), '1')
    await writeFile(join(out, 'inventory.csv'), 'file\r\n')
    await writeFile(join(out, 'thumbnails', '0123456789abcdef.webp'), 'webp')
    await writeFile(join(out, 'secret.txt'), 'secret')
    await writeFile(join(base, 'secret.txt'), 'secret')
    const { id } = await client.api.runs.start({ workflow: 'photos', external: true, input: { folder: base, out } })
    const page = await openPage(client, { hub: hub.url, port: 0, dir })
    try {
      await use(page, id)
    } finally {
      await page.close()
    }
  })
}

/** A request with its path as it is, which fetch would tidy up. */
function plain(page: PageServer, path: string, options: { method?: string; host?: string } = {}) {
  const { method = 'GET', host = new URL(page.url).host } = options
  return new Promise<{ status: number; text: string; type: string | undefined }>((resolve, reject) => {
    const { port } = new URL(page.url)
    const asking = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, type: response.headers['content-type'] }),
      )
    })
    asking.on('error', reject)
    asking.end()
  })
}

test('gives the page and a run’s results, and nothing else of the disk', () =>
  withPage(async (page, id) => {
    expect(await plain(page, '/')).toMatchObject({ status: 200, text: '<p>the page</p>' })
    expect(await plain(page, '/runs/any')).toMatchObject({ status: 200, text: '<p>the page</p>' })
    expect(await plain(page, '/assets/index-1.js')).toMatchObject({ status: 200, text: '1' })
    expect(await plain(page, `/results/${id}/inventory.csv`)).toMatchObject({ status: 200, text: 'file\r\n' })
    expect(await plain(page, `/results/${id}/thumbnails/0123456789abcdef.webp?v=1`)).toMatchObject({
      status: 200,
      type: 'image/webp',
    })
    const closed = [
      `/results/${id}/secret.txt`,
      `/results/${id}/../secret.txt`,
      `/results/${id}/thumbnails/../secret.txt`,
      `/results/${id}/thumbnails/..%2fsecret.txt`,
      `/results/${id}/index.html`,
      '/results/nobody/inventory.csv',
      '/results/../../secret.txt',
      '/assets/../index.html',
      '/assets/..',
      '/nothing',
    ]
    for (const path of closed) expect(await plain(page, path), path).toMatchObject({ status: 404, text: '' })
    expect((await plain(page, '/', { method: 'POST' })).status).toBe(405)
  }))

test('gives results to this machine’s own pages alone', () =>
  withPage(async (page, id) => {
    expect((await plain(page, `/results/${id}/inventory.csv`, { host: 'evil.example' })).status).toBe(403)
    expect((await plain(page, `/results/${id}/inventory.csv`, { method: 'DELETE' })).status).toBe(405)
    expect((await plain(page, `/results/${id}/inventory.csv`, { method: 'HEAD' })).text).toBe('')
  }))
