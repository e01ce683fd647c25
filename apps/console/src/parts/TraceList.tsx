import type { TraceLine } from '@monofil/protocol'
import { BellOff, CircleCheck, CircleDashed, CircleX, type LucideIcon, Send } from 'lucide-react'
import { useNow, useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { type TraceWord, traceWords } from '../lib/trace-words.ts'

const ICONS: Readonly<Record<TraceWord['like'], readonly [icon: LucideIcon, like: string]>> = {
  good: [CircleCheck, 'is-completed'],
  bad: [CircleX, 'is-failed'],
  held: [BellOff, 'is-partial'],
  open: [CircleDashed, 'is-queued'],
}

const RULE = [Send, 'is-queued'] as const

/** A line for each recipient: what was decided for them, in plain words. */
export function TraceList({ lines }: { readonly lines: readonly TraceLine[] }) {
  const n = useNoticeTexts()
  return (
    <ul className="card trace-list" aria-label={n.trace.recipients}>
      {lines.map((line) => (
        <Line key={line.user} line={line} />
      ))}
    </ul>
  )
}

function Line({ line }: { readonly line: TraceLine }) {
  const { f, amount } = useTexts()
  const n = useNoticeTexts()
  const now = useNow(10_000)
  const words = traceWords(line, { n, amount, when: (at) => f.relative(at, now) })
  return (
    <li className="trace-line">
      <strong className="trace-user">{line.user}</strong>
      <ul>
        {words.map(({ part, like, text }) => {
          const [Icon, look] = part === 'rule' ? RULE : ICONS[like]
          return (
            <li key={part} className={look} title={exactOf(line, part, f.exact)}>
              <Icon className="icon" aria-hidden />
              <span>{text}</span>
            </li>
          )
        })}
      </ul>
    </li>
  )
}

/** The exact time of what the words say roughly. */
function exactOf(line: TraceLine, part: TraceWord['part'], exact: (at: string) => string): string | undefined {
  const at = {
    rule: null,
    outcome: line.deliveredAt,
    quiet: null,
    live: line.live.at,
    push: line.push?.nextAt ?? null,
    seen: line.readAt ?? line.seenAt,
  }[part]
  return at === null ? undefined : exact(at)
}
