import type { Waiting } from '@monofil/protocol'
import { useNow, useTexts } from '../lib/context.ts'

interface WaitingWordsProps {
  readonly waiting: Waiting
  /** The steps that a dependency is on, where they are known. */
  readonly on?: readonly string[] | undefined
}

/** What something waits for, by name, and until when where that is known. */
export function WaitingWords({ waiting, on = [] }: WaitingWordsProps) {
  const { t, f } = useTexts()
  const { reason, until, limit } = waiting
  const said =
    reason === 'limit' && limit !== null
      ? t.run.waitingLimit(limit)
      : reason === 'budget'
        ? (t.usage.run.reached[limit ?? ''] ?? t.run.waiting.budget)
        : reason === 'dependency' && on.length > 0
          ? t.run.waitsFor(new Intl.ListFormat(f.locale).format(on))
          : t.run.waiting[reason]
  return (
    <span>
      {said}
      {until !== null && (
        <>
          {' · '}
          <TimeLeft until={until} />
        </>
      )}
    </span>
  )
}

/**
 * How long it still takes, counted down, the last minute by seconds; the exact time on hover. Nothing once it is over:
 * the news is on its way.
 */
export function TimeLeft({ until }: { readonly until: string }) {
  const { t, f } = useTexts()
  const left = Date.parse(until) - useNow()
  if (left <= 0) return null
  const step = left > 60_000 ? 60_000 : 1000
  return (
    <time className="figure" dateTime={until} title={f.exact(until)}>
      {t.run.left(f.duration(Math.ceil(left / step) * step))}
    </time>
  )
}
