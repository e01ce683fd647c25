import type { Run } from '@monofil/protocol'
import { History } from 'lucide-react'
import { type ReactNode, useCallback, useMemo, useRef } from 'react'
import { ConsoleContext, useConsole, useTexts } from '../lib/context.ts'
import { readItemFilter } from '../lib/item-filter.ts'
import { type Past, pastOf } from '../lib/past-run.ts'
import type { RunTape } from '../lib/run-tape.ts'
import { usePlayback } from '../lib/use-playback.ts'
import { useStable } from '../lib/use-stable.ts'
import { CopyButton } from './CopyButton.tsx'
import { PastTabs } from './PastTabs.tsx'
import { RunFacts } from './RunFacts.tsx'
import { RunHero } from './RunHero.tsx'
import { Scrubber } from './Scrubber.tsx'
import { StatusBadge } from './StatusBadge.tsx'
import { StepList } from './StepList.tsx'

/** Clocks that show seconds round down, which for a run of three seconds is not nothing. */
const ALMOST_A_SECOND = 999

interface ReplayProps {
  readonly run: Run
  readonly tape: RunTape
  readonly params: URLSearchParams
  /** Sets parameters of the URL; an empty value removes one. */
  readonly onChange: (next: Readonly<Record<string, string>>) => void
  /** Beside the words that this is the past: the way back. */
  readonly children?: ReactNode
}

/** A run at a moment of its past, with what goes from moment to moment above it. */
export function Replay({ run, tape, params, onChange, children }: ReplayProps) {
  const { t, f, amount } = useTexts()
  const at = params.get('at')
  const settle = useStable((offset: number) => onChange({ at: String(offset) }))
  const playback = usePlayback(tape, at === null || !/^\d+$/.test(at) ? Number.POSITIVE_INFINITY : Number(at), settle)
  const past = usePast(tape, run, playback.event)
  const filter = readItemFilter(params)
  const link = new URL(window.location.href)
  link.searchParams.set('at', String(past.offset))
  return (
    <PastClock at={past.at}>
      <section className="card replay-bar" aria-label={t.replay.title}>
        <div className="replay-head">
          <strong>
            <History className="icon" aria-hidden />
            {t.replay.title}
          </strong>
          <p className="muted">
            {t.replay.asOf(f.exact(new Date(past.at).toISOString()))}
            {tape.cut > 0 && ` ${t.replay.cut(amount(tape.cut))}`}
          </p>
          <StatusBadge status={past.run.status} />
          <div className="replay-tools">
            <CopyButton text={link.href} what={t.replay.link} />
            {children}
          </div>
        </div>
        <Scrubber tape={tape} playback={playback} />
      </section>
      <RunHero
        run={past.run}
        freshness="live"
        isPast
        onFailures={() => onChange({ tab: 'failures', status: '', item: '' })}
      />
      <div className="run-columns">
        <aside className="run-side">
          <StepList
            steps={past.run.steps}
            freshness="stale"
            chosen={filter.step}
            onChoose={(step) => onChange({ step, tab: '' })}
          />
          <RunFacts run={past.run} />
        </aside>
        <PastTabs tape={tape} past={past} params={params} onChange={onChange} />
      </div>
    </PastClock>
  )
}

/** The moment after an event; while one goes forwards each is made from the one before. */
function usePast(tape: RunTape, run: Run, event: number): Past {
  const last = useRef<{ tape: RunTape; past: Past } | null>(null)
  // What the run is now says nothing of its past, but for its steps, input and names: these do not change.
  const first = useRef(run)
  return useMemo(() => {
    const near = last.current?.tape === tape ? last.current.past.frame : undefined
    const past = pastOf(tape, first.current, event, near)
    last.current = { tape, past }
    return past
  }, [tape, event])
}

/** Below it is the time of the moment that is shown: "started 3 minutes ago" is as it was then. */
function PastClock({ at, children }: { readonly at: number; readonly children: ReactNode }) {
  const value = useConsole()
  const subscribe = useCallback(() => () => {}, [])
  const past = useMemo(
    () => ({ ...value, clock: { now: () => at + ALMOST_A_SECOND, subscribe } }),
    [value, at, subscribe],
  )
  return <ConsoleContext value={past}>{children}</ConsoleContext>
}
