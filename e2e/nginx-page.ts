/** A page behind the proxy that follows topics by Monofil's client and by the browser's own EventSource. */
import { join } from 'node:path'
import type { createClient } from '@monofil/client'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'

declare global {
  interface Window {
    monofil: { createClient: typeof createClient }
    /** Of Monofil's client, of EventSource, and how long the former's took, in ms. */
    arrived: unknown[]
    native: unknown[]
    tookMs: number[]
    follow(topic: string): void
    followMany(topic: string, count: number): void
    followNative(topic: string): void
    /** Streams that are open: the client's and EventSource's. */
    opened(): number
    readyState(): number
  }
}

/** A page of the proxy's origin with the client (`bundle`) in it. */
export async function openPage(browser: Browser, bundle: string, url: string): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, bypassCSP: true })
  const page = await context.newPage()
  await page.goto(`${url}/healthz`)
  await page.evaluate(bundle)
  await page.evaluate(() => {
    let client: ReturnType<typeof createClient> | undefined
    let source: EventSource | undefined
    Object.assign(window, { arrived: [], native: [], tookMs: [] })
    const follow = (topic: string) => {
      client = window.monofil.createClient({ share: 'none' })
      client.subscribe<number>(topic, {
        cursor: '0',
        onEvent(event) {
          window.arrived.push(event)
          window.tookMs.push(Date.now() - event.data)
        },
      })
    }
    window.followNative = (topic) => {
      source = new EventSource(`/v1/stream?topics=${topic}&lastEventId=0`)
      source.onmessage = ({ data }) => window.native.push(JSON.parse(data as string))
    }
    window.follow = (topic) => {
      follow(topic)
      window.followNative(topic)
    }
    window.followMany = (topic, count) => {
      for (let i = 0; i < count; i += 1) follow(topic)
    }
    window.opened = () => (client?.debug().open === true ? 1 : 0) + (source?.readyState === 1 ? 1 : 0)
    window.readyState = () => source?.readyState ?? -1
  })
  return page
}

/** The client as a script that a page evaluates. */
export async function bundleClient(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['@monofil/source', 'module', 'browser'] },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: join(import.meta.dirname, '../packages/client/src/index.ts'),
        formats: ['iife'],
        name: 'monofil',
      },
    },
  })
  const [first] = Array.isArray(output) ? output : [output]
  if (first === undefined || !('output' in first)) throw new Error('the client was not bundled')
  // A script that is evaluated declares nothing for the page by itself.
  return `${first.output[0].code}\nwindow.monofil = monofil`
}
