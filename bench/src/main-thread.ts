import type { Chromium, Page } from './measured-hub.ts'

/** Tasks of a page's main thread, ms, sorted: on the wall's clock, and what the thread itself worked. */
export interface Tasks {
  readonly wall: readonly number[]
  readonly cpu: readonly number[]
  /** How long it was traced, ms. */
  readonly lastedMs: number
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly dur?: number
  /** Time of the thread, µs: a busy machine, which takes the processor away, does not count in it. */
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/** Traces what the page's main thread does while `during` lasts. */
export async function traceTasks(browser: Chromium, page: Page, during: () => Promise<unknown>): Promise<Tasks> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] })
  const began = performance.now()
  await during()
  const lastedMs = performance.now() - began
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const busiest = busiestMain(traceEvents)
  const tasks = traceEvents.filter((event) => isTask(event) && `${event.pid} ${event.tid}` === busiest)
  const sorted = (of: (event: TraceEvent) => number) => tasks.map(of).toSorted((a, b) => a - b)
  return { wall: sorted(({ dur = 0 }) => dur / 1000), cpu: sorted(({ tdur = 0 }) => tdur / 1000), lastedMs }
}

function isTask({ name, ph }: TraceEvent): boolean {
  return ph === 'X' && (name === 'RunTask' || name === 'ThreadControllerImpl::RunTask')
}

/** The main thread of the page among those of all renderers: the one that worked most. */
function busiestMain(events: readonly TraceEvent[]): string {
  const mains = new Map<string, number>()
  for (const { name, pid, tid, args } of events) {
    if (name === 'thread_name' && args.name === 'CrRendererMain') mains.set(`${pid} ${tid}`, 0)
  }
  for (const event of events) {
    const thread = `${event.pid} ${event.tid}`
    if (isTask(event) && mains.has(thread)) mains.set(thread, (mains.get(thread) ?? 0) + (event.tdur ?? 0))
  }
  return [...mains].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? ''
}
