import type { RunState } from '@monofil/protocol'
import { Circle, type LucideIcon, Play, Radio, TriangleAlert } from 'lucide-react'
import { useMemo } from 'react'
import { useTexts } from '../lib/context.ts'
import { type Fact, factsOf } from '../lib/timeline.ts'
import type { Texts } from '../text/en.ts'
import { StatusIcon } from './StatusBadge.tsx'
import './Timeline.css'

const ICONS: Readonly<Record<Exclude<Fact['kind'], 'ended' | 'step-ended'>, LucideIcon>> = {
  created: Circle,
  started: Play,
  'step-started': Play,
  stalled: TriangleAlert,
  seen: Radio,
}

function sayFact(fact: Fact, t: Texts): string {
  switch (fact.kind) {
    case 'created':
      return t.timeline.created
    case 'started':
      return t.timeline.started
    case 'stalled':
      return t.timeline.stalled
    case 'seen':
      return t.timeline.seen
    case 'step-started':
      return t.timeline.stepStarted(fact.step)
    case 'step-ended':
      return t.timeline.stepEnded(fact.step, t.status[fact.status].toLowerCase())
    case 'ended':
      return t.status[fact.status]
  }
}

function FactIcon({ fact }: { readonly fact: Fact }) {
  if (fact.kind === 'ended' || fact.kind === 'step-ended') return <StatusIcon status={fact.status} />
  const Icon = ICONS[fact.kind]
  return <Icon className="icon faint" aria-hidden />
}

/** The dated facts of a run, oldest first, each with the time since the first. */
export function Timeline({ run }: { readonly run: RunState }) {
  const { t, f } = useTexts()
  const facts = useMemo(() => factsOf(run), [run])
  const start = Date.parse(run.createdAt)
  return (
    <ol className="card timeline">
      {facts.map((fact, index) => (
        <li key={`${fact.kind} ${'step' in fact ? fact.step : ''}`}>
          <FactIcon fact={fact} />
          <span className="timeline-name">{sayFact(fact, t)}</span>
          <span className="timeline-after figure faint">
            {index > 0 && t.timeline.after(f.duration(Date.parse(fact.at) - start))}
          </span>
          <time className="muted" dateTime={fact.at}>
            {f.exact(fact.at)}
          </time>
        </li>
      ))}
    </ol>
  )
}
