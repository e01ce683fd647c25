/**
 * The promise of the ledger and the log under the worst that can happen: `kill -9` of hub and worker at random moments of
 * a batch of photos. A client and a browser tab stay through all of it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@monofil/client'
import type { Envelope, Item, Run } from '@monofil/protocol'
import { launchChromium } from '@monofil/testkit/chromium'
import { expect, it } from 'vitest'
import { makePhotos } from '../examples/photos/src/samples.ts'
import { type MonofilProcess, startMonofil } from './monofil-process.ts'

/** 500 photos and ten kills when everything is tested; fewer in the everyday run. */
const LONG = process.env['TEST_LONG'] !== undefined
const PHOTOS = LONG ? 500 : 150
const KILLS = LONG ? 10 : 4
const WORKFLOW = join(import.meta.dirname, '../examples/photos/src/workflow.ts')

it('loses nothing and records nothing twice when killed again and again', { timeout: 400_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'monofil-killed-'))
  const photos = join(folder, 'photos')
  await makePhotos(photos, PHOTOS)
  const start = (port: string): Promise<MonofilProcess> =>
    startMonofil(['--data', join(folder, 'data'), '--workflows', WORKFLOW, '--port', port])

  let hub = await start('0')
  const port = new URL(hub.url).port
  const client = createClient({ url: hub.url, backoff: { minMs: 50, baseMs: 100, maxMs: 300 } })
  const browser = await launchChromium()
  try {
    const run = await client.api.runs.start({
      id: 'inventory',
      workflow: 'photos',
      input: { folder: photos, out: join(folder, 'out') },
    })
    const seen: Envelope[] = []
    client.subscribe(`run:${run.id}`, { cursor: '0', onEvent: (event) => seen.push(event) })
    const page = await browser.newPage()
    await page.goto(`${hub.url}/console/runs/${run.id}`)
    const marks = Array.from({ length: KILLS }, (_, kill) => ((kill + Math.random()) / KILLS) * PHOTOS)
    let interrupted = 0
    for (const mark of marks) {
      await until(async () => ended(await latest(client)) || (await latest(client)).counts.completed >= mark)
      if (!ended(await latest(client))) interrupted += 1
      await hub.kill()
      hub = await start(port)
    }
    await until(async () => ended(await latest(client)))
    const end = await latest(client)
    await until(() => Promise.resolve(seen.at(-1)?.offset === end.offset))

    // Kills after the end would prove nothing.
    expect(interrupted).toBeGreaterThanOrEqual(KILLS / 2)
    expect(end.status).toBe('completed')
    const items = await allItems(client, run.id)
    expect(items).toHaveLength(PHOTOS + end.steps.length - 1)
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length)
    expect(items.filter((item) => item.status !== 'completed')).toEqual([])
    expect(end.counts).toMatchObject({ completed: items.length, failed: 0, running: 0, queued: 0, total: items.length })
    expect(seen.map((event) => event.offset)).toEqual(Array.from({ length: end.offset }, (_, i) => i + 1))
    expect(seen.filter((event) => event.type === 'complete' || event.type === 'failed')).toHaveLength(1)
    expect(completions(seen)).toEqual(new Map(items.map((item) => [item.id, 1])))
    await page
      .getByText(/^completed$/i)
      .first()
      .waitFor({ timeout: 15_000 })
  } finally {
    client.close()
    await browser.close()
    await hub.interrupt()
    await rm(folder, { recursive: true, force: true })
  }
})

type Client = ReturnType<typeof createClient>

const ended = (run: Run): boolean => ['completed', 'partial', 'failed', 'cancelled'].includes(run.status)

/** The hub may be away for a moment: asks again. */
async function latest(client: Client): Promise<Run> {
  for (;;) {
    try {
      return await client.api.runs.get('inventory')
    } catch {
      await new Promise((resume) => setTimeout(resume, 50))
    }
  }
}

async function allItems(client: Client, id: string): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await client.api.runs.items(id, { limit: 200, cursor })
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}

/** How often each item was said to have become completed. */
function completions(events: readonly Envelope[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const event of events) {
    if (event.type !== 'item') continue
    for (const item of event.data as Item[]) {
      if (item.status === 'completed') counts.set(item.id, (counts.get(item.id) ?? 0) + 1)
    }
  }
  return counts
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resume) => setTimeout(resume, 20))
}
