import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { createClient } from '@monofil/client'
import { MAX_DOCUMENT_BYTES } from '@monofil/example-documents'
import type { PageServer } from '@monofil/example-page'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPage } from './page.ts'
import { pdfCv } from './sample-files.ts'
import { PEOPLE } from './sample-people.ts'
import { inTemporaryFolder } from './testing.ts'

const BATCH = '0d9f2a44-6a3c-4f9b-9a55-3f1d6c0e7b21'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
}, 60_000)
afterAll(() => hub?.close())

function withPage(use: (page: PageServer, uploads: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (base) => {
    const client = createClient({ url: hub.url })
    const [dir, own, uploads] = [join(base, 'page'), join(base, 'own'), join(base, 'uploads')]
    await mkdir(own)
    await writeFile(join(own, 'x[1717].docx'), 'PK')
    const folders = { dir, own, samples: join(base, 'none'), uploads }
    const page = await openPage({ hub: hub.url, port: 0, client, connection: null, ...folders })
    try {
      await use(page, uploads)
    } finally {
      await page.close()
      client.close()
    }
  })
}

/** A PUT with its path as it is, which fetch would tidy up. */
function put(page: PageServer, path: string, body: Uint8Array | string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(page.url)
    const asking = request({ host: '127.0.0.1', port, path, method: 'PUT' }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

const at = (name: string, batch = BATCH) => `/api/uploads/${batch}/${encodeURIComponent(name)}`

test('a CV is kept under its own name, whatever it is; the same name again replaces it', () =>
  withPage(async (page, uploads) => {
    const pdf = await pdfCv(PEOPLE[0] as (typeof PEOPLE)[0])
    const names = ['CV (1).pdf', 'Résumé – Zoë.PDF', '50% & more [2].pdf', '简历.pdf']
    for (const name of [...names, 'CV (1).pdf']) {
      expect(await put(page, at(name), pdf)).toMatchObject({ status: 201 })
    }
    expect((await readdir(join(uploads, BATCH))).toSorted()).toEqual(names.toSorted())
    expect(await readdir(uploads)).toEqual([BATCH])
  }))

test.each([
  ['a way out', at('../../evil.pdf'), 400],
  ['a way out by a backslash', at('..\\evil.pdf'), 400],
  ['a hidden file', at('.pdf'), 400],
  ['another kind', at('evil.html'), 400],
  ['a control character', at('a\nb.pdf'), 400],
  ['a name that is too long', at(`${'x'.repeat(300)}.pdf`), 400],
  ['a name that is not UTF-8', `/api/uploads/${BATCH}/%ff.pdf`, 400],
  ['a batch that is none', at('CV.pdf', '..'), 400],
  ['text under the name of a PDF', at('CV.pdf'), 415],
  ['text under the name of a Word document', at('CV.docx'), 415],
])('%s is refused in words, and nothing is left', (_what, path, status) =>
  withPage(async (page, uploads) => {
    const answer = await put(page, path, 'only text')
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toEqual({ message: expect.stringMatching(/.{10}/) })
    expect(await readdir(uploads).catch(() => [])).toEqual([])
  }),
)

test('what is too large is refused', () =>
  withPage(async (page, uploads) => {
    const large = Buffer.alloc(MAX_DOCUMENT_BYTES + 1, ' ')
    large.write('%PDF-1.7')
    expect(await put(page, at('large.pdf'), large)).toMatchObject({
      status: 413,
      text: expect.stringContaining('10 MB'),
    })
    expect(await readdir(uploads).catch(() => [])).toEqual([])
  }))

test('names the folders to choose from and the state of the model', () =>
  withPage(async (page) => {
    const sources = await (await fetch(`${page.url}/api/sources`)).json()
    expect(sources).toMatchObject([
      { id: 'own', files: ['x[1717].docx'] },
      { id: 'samples', files: [] },
    ])
    expect(await (await fetch(`${page.url}/api/model`)).json()).toMatchObject({ state: 'offline', quota: 'unknown' })
    expect((await fetch(`${page.url}/api/sources`, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${page.url}/api/nothing`)).status).toBe(404)
  }))
