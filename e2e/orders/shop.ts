import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { SOON } from '../console-hub.ts'

/** Builds the page as it ships: the test runner's NODE_ENV would choose React's development build. */
export async function buildShop(outDir: string): Promise<void> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  const root = join(import.meta.dirname, '../../examples/orders/page')
  try {
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error', build: { outDir } })
  } finally {
    process.env['NODE_ENV'] = before
  }
}

/** A port in front of another one that keeps every byte that comes back. */
export interface Overheard {
  readonly url: string
  text(): string
  close(): Promise<void>
}

/** Listens before `target` (`http://127.0.0.1:4001`). */
export async function overhear(target: string): Promise<Overheard> {
  const parts: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const upstream = connect(Number(new URL(target).port), '127.0.0.1')
    for (const one of [socket, upstream]) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        socket.destroy()
        upstream.destroy()
      })
    }
    upstream.on('data', (part) => parts.push(part))
    socket.pipe(upstream).pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    text: () => Buffer.concat(parts).toString('utf8'),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A shop in a process of its own. */
export interface ShopProcess {
  readonly hub: string
  readonly page: string
  readonly child: ChildProcess
  /** Resolves when it is gone. */
  readonly gone: Promise<unknown>
}

/** Starts `process.ts` and resolves when it listens. */
export async function startShop(args: readonly string[]): Promise<ShopProcess> {
  const file = join(import.meta.dirname, 'process.ts')
  const child = spawn(process.execPath, ['--conditions=@monofil/source', file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([once(lines, 'line'), gone.then(() => null)])
  if (first === null) throw new Error(`the shop ended before it listened: ${args.join(' ')}`)
  return { ...JSON.parse(String(first[0])), child, gone }
}

export const rowsOf = (page: Page) => page.locator('table.orders tbody tr')
export const rowOf = (page: Page, id: number) => page.locator(`table.orders tbody tr[data-id="${id}"]`)

/** Opens the page signed in, or, without a user, as the browser already is; resolves when the table is there and live. */
export async function openShop(page: Page, url: string, user?: string): Promise<Page> {
  await page.goto(user === undefined ? url : `${url}/?sign-in=${user}`)
  await page.locator('.connection[data-state="live"]').waitFor(SOON)
  await page.locator('table.orders, .empty').waitFor(SOON)
  return page
}

/** Notes each toast that comes onto a page, also those that go again before anybody looks. */
export function noteToasts(): void {
  const seen: string[] = []
  Object.assign(window, { toastsSeen: seen })
  const look = (nodes: NodeList) => {
    for (const node of nodes) {
      if (!(node instanceof Element)) continue
      const toast = node.matches('.monofil-toast') ? node : node.querySelector('.monofil-toast')
      if (toast !== null) seen.push(toast.querySelector('.monofil-inbox-name')?.textContent ?? '')
    }
  }
  new MutationObserver((records) => {
    for (const { addedNodes } of records) look(addedNodes)
  }).observe(document, { childList: true, subtree: true })
}

/** What toasts there were in these tabs together. */
export async function toastsOf(pages: readonly Page[]): Promise<string[]> {
  const each = pages.map((page) => page.evaluate(() => (window as unknown as { toastsSeen: string[] }).toastsSeen))
  return (await Promise.all(each)).flat()
}
