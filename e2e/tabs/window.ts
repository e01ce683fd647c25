import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumPath } from '@monofil/testkit/chromium'
import { type Browser, chromium } from 'playwright-core'

/**
 * A window of Chromium as people have it: only the tab in front is visible. Tabs that Playwright starts are all made
 * visible, and a visible tab is not frozen.
 */
export async function openWindow(): Promise<{ readonly browser: Browser; close(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'monofil-window-'))
  const chrome = spawn(chromiumPath() ?? '', [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--no-first-run',
    '--remote-debugging-port=0',
    `--user-data-dir=${dir}`,
    'about:blank',
  ])
  const end = async () => {
    await ended(chrome)
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const browser = await chromium.connectOverCDP(await address(dir), { noDefaults: true })
    const close = async () => {
      await browser.close()
      await end()
    }
    return { browser, close }
  } catch (error) {
    await end()
    throw error
  }
}

async function address(dir: string): Promise<string> {
  const read = () => readFile(join(dir, 'DevToolsActivePort'), 'utf8').catch(() => '')
  for (let i = 0; i < 200; i += 1) {
    const [port] = (await read()).split('\n')
    if (port !== undefined && port !== '') return `http://127.0.0.1:${port}`
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('Chromium did not say where it listens within 20 s')
}

async function ended(chrome: ChildProcess): Promise<void> {
  if (chrome.exitCode !== null || chrome.signalCode !== null) return
  const end = once(chrome, 'exit')
  chrome.kill()
  await end
}
