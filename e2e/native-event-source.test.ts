/** A run's own stream with nothing of ours on the reader's side: the browser's EventSource, and curl. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from '@monofil/client'
import { startHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'

let browser: Browser
let hub: Awaited<ReturnType<typeof startHub>>
let client: ReturnType<typeof createClient>

beforeAll(async () => {
  hub = await startHub({})
  client = createClient({ url: hub.url })
  browser = await launchChromium()
})

afterAll(async () => {
  client?.close()
  await browser?.close()
  await hub?.close()
})

async function report(id: string, number: number): Promise<void> {
  await client.api.runs.report(id, [{ id: `r${number}`, item: `i${number}`, status: 'completed' }])
}

it('EventSource follows a run to its end, ends, and is told so when it asks again', async () => {
  const run = await client.api.runs.start({ workflow: 'anything', external: true, total: 5 })
  const page = await browser.newPage({ bypassCSP: true })
  const statuses: number[] = []
  page.on('response', (response) => {
    if (response.url().endsWith('/events')) statuses.push(response.status())
  })
  await page.goto(`${hub.url}/healthz`)
  const seen = page.evaluate(
    (path) =>
      new Promise<{ names: string[]; last: string; state: number }>((resolve) => {
        const names: string[] = []
        let last = ''
        const source = new EventSource(path)
        for (const name of ['progress', 'item', 'step', 'log', 'complete', 'failed', 'gap', 'goodbye']) {
          source.addEventListener(name, (event) => {
            names.push(name)
            if (name === 'complete') last = (event as MessageEvent<string>).data
          })
        }
        // The hub closes after `complete`; EventSource comes back by itself, gets 204 and gives up for good.
        const timer = setInterval(() => {
          if (source.readyState !== EventSource.CLOSED) return
          clearInterval(timer)
          resolve({ names, last, state: source.readyState })
        }, 50)
      }),
    `/v1/runs/${run.id}/events`,
  )
  await expect.poll(() => statuses.length).toBe(1)
  for (let i = 1; i <= 5; i += 1) await report(run.id, i)
  await client.api.runs.report(run.id, [{ id: 'end', status: 'completed', result: { done: 5 } }])
  const { names, last } = await seen
  expect(names[0]).toBe('progress')
  expect(names.filter((name) => name === 'complete')).toHaveLength(1)
  expect(names.at(-1)).toBe('complete')
  expect(JSON.parse(last)).toMatchObject({ id: run.id, status: 'completed', progress: 100, result: { done: 5 } })
  expect(statuses).toEqual([200, 204])
  await page.close()
})

it('curl follows a run to its end and ends with 0', async () => {
  const run = await client.api.runs.start({ workflow: 'anything', external: true, total: 3 })
  const curl = spawn('curl', ['-sN', `${hub.url}/v1/runs/${run.id}/events`])
  let text = ''
  curl.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  const exit = once(curl, 'exit')
  await expect.poll(() => text).toContain('event: progress')
  for (let i = 1; i <= 3; i += 1) await report(run.id, i)
  await client.api.runs.report(run.id, [{ id: 'end', status: 'completed' }])
  expect((await exit)[0]).toBe(0)
  expect(text).toContain('event: complete')
  const lastId = [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1]
  const again = await fetch(`${hub.url}/v1/runs/${run.id}/events`, { headers: { 'Last-Event-ID': lastId ?? '' } })
  expect(again.status).toBe(204)
})
