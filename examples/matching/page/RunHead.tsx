import { isTerminal, type Run } from '@monofil/protocol'
import { RunControls } from '@monofil/react'
import type { ReactNode } from 'react'
import { OFFLINE } from '../src/offline.ts'
import { projectOf } from '../src/projects.ts'
import { type Candidates, passedIn } from './candidates-of.ts'
import { StatusIcon } from './Icon.tsx'
import { Steps } from './Steps.tsx'
import { useText } from './TextProvider.tsx'
import { duration, useNow } from './use-now.ts'

/** How far the run is, how long it has taken, and how many passed. */
export function RunHead(props: {
  readonly run: Run
  readonly candidates: Candidates
  readonly show: (run: Run) => void
}): ReactNode {
  const { run, candidates, show } = props
  const { text, language, number } = useText()
  const words = text.run
  const isOver = isTerminal(run.status)
  const now = useNow(run.startedAt !== null && !isOver)
  const from = run.startedAt === null ? null : Date.parse(run.startedAt)
  const to = run.finishedAt === null ? now : Date.parse(run.finishedAt)
  const model = modelIn(run)
  return (
    <section className="card head" aria-label={words.steps} data-status={run.status}>
      <div className="title">
        <h1>{projectOf(run.key ?? '')?.name[language] ?? run.key ?? run.id}</h1>
        <span className="chip" data-status={run.status} role="status">
          <StatusIcon status={run.status} />
          {words.status[run.status]}
        </span>
      </div>
      <p className="facts">
        <span>
          {words.time} <b>{from === null ? '–' : duration(to - from, number)}</b>
        </span>
        {model !== null && <span>{model === OFFLINE ? words.readOffline : words.readBy(model)}</span>}
        {run.round > 1 && <span>{words.round(number(run.round))}</span>}
      </p>
      <Steps run={run} />
      {run.waiting?.reason === 'limit' && run.waiting.until !== null && <p className="note">{words.limit}</p>}
      <Tally run={run} candidates={candidates} />
      <RunControls runId={run.id} onRerun={show} locale={language} />
    </section>
  )
}

function modelIn({ input }: Run): string | null {
  const model: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, 'model') : null
  return typeof model === 'string' ? model : null
}

function Tally({ run, candidates }: { readonly run: Run; readonly candidates: Candidates }): ReactNode {
  const { text, number } = useText()
  const words = text.run
  const { passed, out, unread, open } = candidates
  // Nobody, for sure: all are judged.
  const isNobody = passed.length === 0 && passedIn(run) === 0
  return (
    <ul className="tally">
      <li data-tone={isNobody ? 'bad' : passed.length > 0 ? 'good' : undefined}>
        {passed.length > 0 ? (
          <a href="#candidates" title={words.toResults}>
            <b>{number(passed.length)}</b> {words.passed(passed.length)}
          </a>
        ) : (
          <span>
            <b>{number(0)}</b> {words.passed(0)}
          </span>
        )}
      </li>
      <li>
        <b>{number(out.length)}</b> {words.eliminated(out.length)}
      </li>
      {unread.length > 0 && (
        <li data-tone="warn">
          <b>{number(unread.length)}</b> {words.unread(unread.length)}
        </li>
      )}
      {open.length > 0 && (
        <li>
          <b>{number(open.length)}</b> {words.open}
        </li>
      )}
    </ul>
  )
}
