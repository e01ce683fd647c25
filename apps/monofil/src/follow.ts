import type { MonofilClient, RunView } from '@monofil/client'
import { isTerminal, MonofilError, type Run } from '@monofil/protocol'
import { type Out, type ScreenClock, screenClock } from './out.ts'
import { createPainter, wantsColours } from './paint.ts'
import { RateMeter } from './rate.ts'
import { BarScreen, LineScreen, type Screen } from './screen.ts'
import { renderSummary, type SummaryFailure } from './summary.ts'

export interface FollowOptions {
  /** Ends the following, not the run. */
  readonly signal?: AbortSignal | undefined
  /** Default: on a terminal, unless `NO_COLOR` is set. */
  readonly colours?: boolean | undefined
  readonly clock?: ScreenClock | undefined
}

/**
 * Shows a run on `out` until its round is over, as one line that redraws on a terminal and as plain lines elsewhere,
 * then writes a summary and answers the run whole. A lost connection is waited out.
 *
 * @throws what the hub refused with, `not_found` for a run that is not there, the signal's reason when it aborts.
 */
export async function follow(
  client: MonofilClient,
  runId: string,
  out: Out,
  options: FollowOptions = {},
): Promise<Run> {
  const clock = options.clock ?? screenClock
  const paint = createPainter(options.colours ?? wantsColours(out, process.env))
  const screen = out.isTTY === true ? new BarScreen(out, paint, clock) : new LineScreen(out, clock)
  let ended: Run
  try {
    ended = await watch(client, runId, screen, clock, options.signal)
  } catch (error) {
    screen.finish([])
    throw error
  }
  const run = await client.api.runs.get(runId).catch(() => ended)
  const failures = run.counts.failed === 0 ? [] : await readFailures(client, runId)
  screen.finish(renderSummary(run, failures, { paint, page: `${client.url.replace(/\/+$/, '')}${run.href}` }))
  return run
}

// The summary is worth showing without its causes too.
async function readFailures(client: MonofilClient, runId: string): Promise<readonly SummaryFailure[]> {
  return (await client.api.runs.failures(runId).catch(() => ({ items: [] }))).items
}

function watch(
  client: MonofilClient,
  runId: string,
  screen: Screen,
  clock: ScreenClock,
  signal: AbortSignal | undefined,
): Promise<Run> {
  const watched = client.run(runId)
  const meter = new RateMeter()
  return new Promise((resolve, reject) => {
    let stopTick: (() => void) | undefined
    let staleAt: number | null = null
    const settle = (finish: () => void): void => {
      stopTick?.()
      unsubscribeRun()
      unsubscribeConnection()
      signal?.removeEventListener('abort', onAbort)
      finish()
    }
    const look = (): void => {
      const view = watched.get()
      const refusal = refusalOf(view, client)
      if (refusal !== undefined) {
        settle(() => reject(refusal))
        return
      }
      staleAt = view.freshness === 'stale' ? (staleAt ?? clock.now()) : null
      if (view.run === null) return
      const { counts } = view.run
      if (staleAt === null) meter.add(clock.now(), counts.completed + counts.failed + counts.cancelled)
      screen.show({
        run: view.run,
        perSecond: meter.perSecond(),
        behindMs: staleAt === null ? null : clock.now() - staleAt,
      })
      const run = view.run
      if (isTerminal(run.status) && staleAt === null) settle(() => resolve(run))
    }
    // While nothing is heard nothing calls back, and the seconds behind must go on counting.
    const tick = (): void => {
      look()
      stopTick = clock.after(1000, tick)
    }
    const onAbort = (): void => settle(() => reject(signal?.reason))
    const unsubscribeRun = watched.subscribe(look)
    const unsubscribeConnection = client.connection.subscribe(look)
    stopTick = clock.after(1000, tick)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
  })
}

function refusalOf(view: RunView, client: MonofilClient): Error | undefined {
  if (view.status === 'gone') {
    return view.error ?? new MonofilError('not_found', `There is no run ${view.id} at ${client.url}, or not for you.`)
  }
  if (view.status === 'error') return view.error ?? new MonofilError('internal', `Run ${view.id} cannot be followed.`)
  const connection = client.connection.get()
  if (connection.status !== 'failed') return undefined
  return connection.lastError ?? new MonofilError('node_unreachable', `The hub at ${client.url} refused the stream.`)
}
