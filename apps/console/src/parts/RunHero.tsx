import type { Freshness } from '@monofil/client'
import { isTerminal, type RunState } from '@monofil/protocol'
import { CirclePause, Hourglass, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useNow, useTexts } from '../lib/context.ts'
import { doneOf, skippedOf } from '../lib/shares.ts'
import { useRate } from '../lib/use-rate.ts'
import { RunEndNote } from './RunEndNote.tsx'
import { CountLegend, SegmentedBar } from './SegmentedBar.tsx'
import { WaitingWords } from './WaitingWords.tsx'
import { Elapsed, When } from './When.tsx'
import './RunHero.css'

interface RunHeroProps {
  readonly run: RunState
  readonly freshness: Freshness
  readonly onFailures: () => void
  /** A moment that is past: it has no rate, and time left was not kept. */
  readonly isPast?: boolean
  /** Further notes, below why it stands still. */
  readonly children?: ReactNode
}

/** How far a run is, at a glance: percent, count, bar, rate, time left; at its end what came of it. */
export function RunHero({ run, freshness, onFailures, isPast = false, children }: RunHeroProps) {
  const { t, f } = useTexts()
  const over = isTerminal(run.status)
  return (
    <section className={`card run-hero is-${run.status}`} aria-label={t.runs.columns.progress}>
      <div className="run-hero-top">
        <p className="run-percent figure">{f.percent(run.progress)}</p>
        <p className="run-count figure">
          {t.of(f.number(doneOf(run.counts)), f.number(run.counts.total))}
          {!over && !(run.totalIsFinal && run.progressKnown) && <span className="faint"> {t.run.totalOpen}</span>}
        </p>
        <dl className="run-stats">
          {!over && !isPast && <Speed run={run} />}
          {run.startedAt !== null && (
            <Stat name={over ? t.run.took : t.run.elapsed}>
              <Elapsed from={run.startedAt} to={run.finishedAt} />
            </Stat>
          )}
          <Stat name={run.startedAt === null ? t.run.facts.created : t.run.started}>
            <When at={run.startedAt ?? run.createdAt} />
          </Stat>
        </dl>
      </div>
      <SegmentedBar
        counts={run.counts}
        progress={run.progress}
        label={run.workflow}
        size="thick"
        active={run.status === 'running' && freshness !== 'stale'}
      />
      <CountLegend counts={run.counts} skipped={skippedOf(run.steps)} />
      <Standstill run={run} />
      {children}
      {over && <RunEndNote run={run} onFailures={onFailures} />}
    </section>
  )
}

function Stat({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figure">{children}</dd>
    </div>
  )
}

function Speed({ run }: { readonly run: RunState }) {
  const { t, f } = useTexts()
  const rate = useRate(run)
  return (
    <>
      <Stat name={t.run.rate}>{rate === null ? '–' : f.rate(rate)}</Stat>
      <Stat name={t.run.eta}>{run.eta === null ? t.unknown : f.range(run.eta.lowMs, run.eta.highMs)}</Stat>
    </>
  )
}

/** Why nothing moves, where something is known to stand in the way. */
function Standstill({ run }: { readonly run: RunState }) {
  if (isTerminal(run.status)) return null
  if (run.stalledSince !== null) return <Stalled since={run.stalledSince} seen={run.lastSeenAt} />
  if (run.waiting === null) return null
  const { reason } = run.waiting
  // Said with what still runs, see WishNote; and with what is asked, see AnswerPanel.
  if (reason === 'paused' && !run.external && run.counts.running > 0) return null
  if (reason === 'approval' || reason === 'signal' || reason === 'sample') return null
  const isPaused = reason === 'paused' || reason === 'budget'
  const Icon = isPaused ? CirclePause : Hourglass
  return (
    <p className={`run-note is-${isPaused ? 'paused' : 'queued'}`}>
      <Icon className="icon" aria-hidden />
      <WaitingWords waiting={run.waiting} />
    </p>
  )
}

/** Silence is counted from the last report, not from when it was noticed. */
function Stalled({ since, seen }: { readonly since: string; readonly seen: string | null }) {
  const { t, f } = useTexts()
  const now = useNow()
  return (
    <p className="run-note is-partial">
      <TriangleAlert className="icon" aria-hidden />
      <span>
        {seen === null
          ? t.run.stalledAtOnce(f.exact(since))
          : t.run.stalled(f.exact(seen), f.duration(Math.max(1, Math.floor((now - Date.parse(seen)) / 1000)) * 1000))}
      </span>
    </p>
  )
}
