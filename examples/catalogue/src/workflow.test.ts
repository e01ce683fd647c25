import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type MonofilClient } from '@monofil/client'
import { isTerminal, type Run } from '@monofil/protocol'
import { createWorker, type Worker } from '@monofil/server/worker'
import { startHub, type TestHub } from '@monofil/testkit'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readExtracted } from './catalogue-file.ts'
import type { Enriched } from './product.ts'
import { BROKEN, SAMPLES } from './sample-products.ts'
import { ensureSamples, SAMPLE_COUNT } from './samples.ts'
import workflows from './workflow.ts'

let base: string
let hub: TestHub
let worker: Worker
let client: MonofilClient
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'monofil-catalogue-'))
  hub = await startHub()
  worker = createWorker({ store: hub.store, bus: hub.bus, workflows, id: 'w' })
  await worker.start()
  client = createClient({ url: hub.url, share: 'none' })
})
afterEach(async () => {
  client?.close()
  await worker?.stop({ graceMs: 0 })
  await hub?.close()
  await rm(base, { recursive: true, force: true })
})

async function finished(workflow: string, input: unknown): Promise<Run> {
  const { id } = await client.api.runs.start({ workflow, input })
  let run = await client.api.runs.get(id)
  await expect
    .poll(async () => {
      run = await client.api.runs.get(id)
      return isTerminal(run.status)
    })
    .toBe(true)
  return run
}

test('the samples become a catalogue, and what cannot be read is named', async () => {
  const [folder, out] = [join(base, 'sheets'), join(base, 'out')]
  await ensureSamples(folder)
  const extracted = await finished('catalogue-extract', { folder, out })
  expect(extracted.status).toBe('partial')
  expect(extracted.result).toMatchObject({ products: SAMPLES.length })
  const { products = [], unread = [] } = (await readExtracted(out)) ?? {}
  expect(products.length + unread.length).toBe(SAMPLE_COUNT)
  expect(Object.fromEntries(unread.map(({ file, code }) => [file, code]))).toEqual({
    [BROKEN.scan]: 'no_text',
    [BROKEN.notPdf]: 'not_a_document',
  })
  expect(products.find(({ file }) => file === 'chair-elodie.docx')).toMatchObject({
    ...{ name: 'Chaise Élodie', sku: 'SE-007', price: '129.00', currency: 'EUR', material: 'hêtre' },
  })
  for (const { file, name } of SAMPLES) expect(products.find((product) => product.file === file)?.name).toBe(name)

  const enriched = await finished('catalogue-enrich', { out, language: 'fr' })
  expect(enriched).toMatchObject({ status: 'completed', result: { products: SAMPLES.length } })
  const catalogue = JSON.parse(await readFile(join(out, 'catalogue.json'), 'utf8')) as Enriched[]
  const shelfOf = (file: string) => catalogue.find((product) => product.file === file)?.category
  expect([shelfOf('lamp-orla.pdf'), shelfOf('table-ferme.docx'), shelfOf('panier.txt')]).toEqual([
    'lighting',
    'tables',
    'storage',
  ])
  // What fits no shelf is put on none.
  expect(shelfOf('clock.pdf')).toBeNull()
  expect(catalogue.every(({ by, blurb }) => by === 'offline' && blurb !== '')).toBe(true)
  const { completeness } = enriched.result as { completeness: number }
  expect(completeness).toBeGreaterThan(70)
  expect(await client.api.kpis.get('catalogue-completeness')).toMatchObject({ value: completeness, unit: '%' })
  const rows = parse<Record<string, string>>(await readFile(join(out, 'catalogue.csv')), { columns: true, bom: true })
  expect(rows.map(({ name }) => name)).toEqual(catalogue.map(({ name }) => name))
}, 60_000)

test('an enrichment without products, and a model without an endpoint, fail in words', async () => {
  const out = join(base, 'out')
  const early = await finished('catalogue-enrich', { out })
  expect(early).toMatchObject({ status: 'failed', error: { code: 'not_extracted' } })
  const folder = join(base, 'none')
  expect(await finished('catalogue-extract', { folder, out })).toMatchObject({ error: { code: 'folder_missing' } })
  await ensureSamples(folder)
  await finished('catalogue-extract', { folder, out })
  const asked = await finished('catalogue-enrich', { out, model: 'large' })
  expect(asked).toMatchObject({ status: 'failed', error: { code: 'no_model' } })
}, 60_000)

test('a name that a spreadsheet would take for a formula is harmless in the table', async () => {
  const [folder, out] = [join(base, 'sheets'), join(base, 'out')]
  await ensureSamples(folder)
  await writeFile(join(folder, 'formula.txt'), '=HYPERLINK("http://evil.example","Lamp with a shade")\nSKU: +1\n')
  await finished('catalogue-extract', { folder, out })
  await finished('catalogue-enrich', { out })
  const table = await readFile(join(out, 'catalogue.csv'), 'utf8')
  expect(table).toContain('"\'=HYPERLINK')
  expect(table).toContain(",'+1,")
}, 60_000)
