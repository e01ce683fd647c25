import { ChevronFirst, ChevronLast, Flag, Pause, Play, SkipBack, StepBack, StepForward } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo } from 'react'
import { useTexts } from '../lib/context.ts'
import { failureColumns, partOf, pauseSpans } from '../lib/mark-columns.ts'
import type { Mark, RunTape } from '../lib/run-tape.ts'
import { type Playback, SPEEDS } from '../lib/use-playback.ts'
import './Scrubber.css'

interface ScrubberProps {
  readonly tape: RunTape
  readonly playback: Playback
}

/** Goes to and fro in a run's time: a slider with what happened marked on it, and keys for all of it. */
export function Scrubber({ tape, playback }: ScrubberProps) {
  const { t, f, amount } = useTexts()
  const { from, to } = tape
  const { time, event, isPlaying, speed } = playback
  const next = tape.marks.find(({ offset }) => tape.eventOf(offset) > event)
  const before = tape.marks.findLast(({ offset }) => tape.eventOf(offset) < event)
  const toMark = (mark: Mark | undefined) => mark !== undefined && playback.toEvent(tape.eventOf(mark.offset))
  const onKeyDown = (key: KeyboardEvent) => {
    // Buttons have a space bar of their own.
    if (key.key === ' ' && key.target instanceof HTMLInputElement) playback.toggle()
    else if (key.key === ',') playback.toEvent(event - 1)
    else if (key.key === '.') playback.toEvent(event + 1)
    else return
    key.preventDefault()
  }
  const passed = f.duration(time - from)
  const markName = ({ kind, count }: Mark) =>
    kind === 'failure' ? t.replay.marks.failure(amount(count)) : t.replay.marks[kind]
  return (
    <fieldset className="scrubber" aria-label={t.replay.label} onKeyDown={onKeyDown}>
      <div className="scrubber-track">
        <Marks tape={tape} />
        <input
          type="range"
          min={0}
          max={Math.max(1, to - from)}
          step={Math.max(1, Math.round((to - from) / 1000))}
          value={time - from}
          onChange={({ target }) => playback.toTime(from + Number(target.value))}
          aria-label={t.replay.time}
          aria-valuetext={`${passed}, ${f.exact(new Date(time).toISOString())}`}
          style={{ '--part': `${partOf(time, from, to) * 100}%` } as object}
        />
      </div>
      <div className="scrubber-row">
        <Tool name={t.replay.toStart} onClick={() => playback.toEvent(-1)} isOff={event < 0}>
          <ChevronFirst className="icon" aria-hidden />
        </Tool>
        <Tool name={t.replay.back} onClick={() => playback.toEvent(event - 1)} isOff={event < 0}>
          <StepBack className="icon" aria-hidden />
        </Tool>
        <button type="button" className="button scrubber-play" onClick={playback.toggle}>
          {isPlaying ? <Pause className="icon" aria-hidden /> : <Play className="icon" aria-hidden />}
          {isPlaying ? t.replay.pause : t.replay.play}
        </button>
        <Tool name={t.replay.forward} onClick={() => playback.toEvent(event + 1)} isOff={event >= tape.size - 1}>
          <StepForward className="icon" aria-hidden />
        </Tool>
        <Tool name={t.replay.toEnd} onClick={() => playback.toEvent(tape.size - 1)} isOff={event >= tape.size - 1}>
          <ChevronLast className="icon" aria-hidden />
        </Tool>
        <label className="scrubber-speed">
          <span className="visually-hidden">{t.replay.speed}</span>
          <select className="field" value={speed} onChange={({ target }) => playback.setSpeed(Number(target.value))}>
            {SPEEDS.map((known) => (
              <option key={known} value={known}>
                {t.replay.times(f.number(known))}
              </option>
            ))}
          </select>
        </label>
        <Tool name={t.replay.markBack} onClick={() => toMark(before)} isOff={before === undefined}>
          <SkipBack className="icon" aria-hidden />
        </Tool>
        <button type="button" className="button" disabled={next === undefined} onClick={() => toMark(next)}>
          <Flag className="icon" aria-hidden />
          {next === undefined ? t.replay.noMark : t.replay.next(markName(next))}
        </button>
        <output className="scrubber-time figure">
          <strong>{passed}</strong>
          <span className="muted"> {t.replay.ofTime(f.duration(to - from))}</span>
          <span className="faint scrubber-exact"> {f.timeOfDay(new Date(time).toISOString())}</span>
        </output>
      </div>
    </fieldset>
  )
}

interface ToolProps {
  readonly name: string
  readonly onClick: () => void
  readonly isOff: boolean
  readonly children: ReactNode
}

function Tool({ name, onClick, isOff, children }: ToolProps) {
  return (
    <button
      type="button"
      className="button icon-only"
      aria-label={name}
      title={name}
      disabled={isOff}
      onClick={onClick}
    >
      {children}
    </button>
  )
}

/** Failures as small columns, pauses as stretches, rounds as lines. */
function Marks({ tape }: Pick<ScrubberProps, 'tape'>) {
  const { t, amount } = useTexts()
  const { from, to, marks } = tape
  const columns = useMemo(() => failureColumns(marks, from, to), [marks, from, to])
  const pauses = useMemo(() => pauseSpans(marks, from, to), [marks, from, to])
  const rounds = marks.filter(({ kind }) => kind === 'round')
  return (
    <div className="scrubber-marks" aria-hidden>
      {pauses.map((span) => (
        <i
          key={span.from}
          className="is-pause"
          title={t.replay.marks.pause}
          style={{ left: `${span.from * 100}%`, width: `${(span.to - span.from) * 100}%` }}
        />
      ))}
      {columns.map(({ at, height, count }) => (
        <i
          key={at}
          className="is-failure"
          title={t.replay.marks.failure(amount(count))}
          style={{ left: `${at * 100}%`, height: `${height * 100}%` }}
        />
      ))}
      {rounds.map(({ offset, at }) => (
        <i
          key={offset}
          className="is-round"
          title={t.replay.marks.round}
          style={{ left: `${partOf(at, from, to) * 100}%` }}
        />
      ))}
    </div>
  )
}
