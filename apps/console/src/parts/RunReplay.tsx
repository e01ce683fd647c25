import type { RunView } from '@monofil/client'
import { isTerminal, type Run } from '@monofil/protocol'
import { Radio, RotateCw } from 'lucide-react'
import { useRef } from 'react'
import { useTexts } from '../lib/context.ts'
import { useTape } from '../lib/use-tape.ts'
import { Empty } from './Empty.tsx'
import { ErrorPanel } from './ErrorPanel.tsx'
import { Replay } from './Replay.tsx'

interface RunReplayProps {
  readonly view: RunView
  readonly run: Run
  readonly params: URLSearchParams
  readonly onChange: (next: Readonly<Record<string, string>>) => void
}

/** The past of a run at the hub: its log is read once, then nothing more is asked. */
export function RunReplay({ view, run, params, onChange }: RunReplayProps) {
  const { t, f } = useTexts()
  const { tape, part, error, again } = useTape(run, view.items, view.freshness !== 'replaying')
  // The place is written a moment after the last move: not once one has left, or the replay would open again.
  const hasLeft = useRef(false)
  const changeHere = (next: Readonly<Record<string, string>>) => {
    if (!hasLeft.current) onChange(next)
  }
  const leave = (
    <button
      type="button"
      className="button"
      onClick={() => {
        hasLeft.current = true
        onChange({ at: '' })
      }}
    >
      <Radio className="icon" aria-hidden />
      {isTerminal(run.status) ? t.replay.leave : t.replay.live}
    </button>
  )
  if (error !== null) {
    return (
      <>
        <ErrorPanel error={error} onRetry={again} />
        <div className="list-foot">{leave}</div>
      </>
    )
  }
  if (tape === null) {
    return (
      <section className="card replay-bar" aria-label={t.replay.title} aria-busy="true">
        <div className="replay-head">
          <strong>{t.replay.title}</strong>
          <p className="muted">{t.replay.reading(f.percent(part * 100))}</p>
          <div className="replay-tools">{leave}</div>
        </div>
        <progress className="replay-reading" max={1} value={part} aria-label={t.replay.title} />
      </section>
    )
  }
  if (tape.size === 0) {
    return (
      <div className="card">
        <Empty icon={Radio} title={t.replay.none}>
          {leave}
        </Empty>
      </div>
    )
  }
  return (
    <Replay key={`${tape.size}`} run={run} tape={tape} params={params} onChange={changeHere}>
      {!isTerminal(run.status) && (
        <button type="button" className="button" onClick={again}>
          <RotateCw className="icon" aria-hidden />
          {t.replay.more}
        </button>
      )}
      {leave}
    </Replay>
  )
}
