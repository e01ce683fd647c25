import type { Browser, Page } from 'playwright-core'

/** Seconds of processor time after which a process has shown that it runs a page. */
const SHOWN = 0.4

/** The process that runs a page: of all renderers of this browser, the one that busy moments of the page keep busy. */
export async function processOf(browser: Browser, page: Page): Promise<number> {
  const tools = await browser.newBrowserCDPSession()
  const times = async () => {
    const { processInfo } = await tools.send('SystemInfo.getProcessInfo')
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]))
  }
  try {
    const before = await times()
    for (let round = 0; round < 20; round += 1) {
      await block(page, 200)
      const rises = [...(await times())].map(([id, time]) => ({ id, rise: time - (before.get(id) ?? 0) }))
      const [most, next] = rises.toSorted((a, b) => b.rise - a.rise)
      if (most !== undefined && most.rise > SHOWN && (next?.rise ?? 0) < most.rise / 3) return most.id
    }
    throw new Error('no process stands out')
  } finally {
    await tools.detach()
  }
}

/** Stops a page's process as a suspended machine does: no event tells it. Answers what lets it go on. */
export async function stopProcess(browser: Browser, page: Page): Promise<() => void> {
  const pid = await processOf(browser, page)
  process.kill(pid, 'SIGSTOP')
  let stopped = true
  return () => {
    if (stopped) process.kill(pid, 'SIGCONT')
    stopped = false
  }
}

/** Keeps a page's main thread busy; resolves once it is free again. */
export function block(page: Page, ms: number): Promise<void> {
  return page.evaluate((length) => {
    const end = performance.now() + length
    while (performance.now() < end);
  }, ms)
}

/** Ends a page's process without a word to the page. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash')
  page.goto('chrome://crash').catch(() => {})
  await crashed
}
