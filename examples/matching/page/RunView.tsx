import type { Run } from '@monofil/protocol'
import { useRun } from '@monofil/react'
import { type ReactNode, useMemo } from 'react'
import { projectOf } from '../src/projects.ts'
import { Banner } from './Banner.tsx'
import { CandidateList } from './CandidateList.tsx'
import { candidatesOf } from './candidates-of.ts'
import { RunHead } from './RunHead.tsx'
import { useText } from './TextProvider.tsx'

/** A run, live: what to know first, how far it is, and its candidates. */
export function RunView(props: {
  readonly id: string
  readonly show: (run: Run) => void
  readonly goOffline: () => void
}): ReactNode {
  const { text } = useText()
  const { run, items, error, status } = useRun(props.id)
  const candidates = useMemo(() => candidatesOf(items), [items])
  if (run === null) {
    if (status === 'gone') return <p className="empty">{text.run.gone}</p>
    if (error !== null) return <p role="alert">{text.failure(error.message)}</p>
    return <section className="card waiting" aria-busy="true" aria-label={text.run.steps} />
  }
  return (
    <>
      <Banner run={run as Run} candidates={candidates} goOffline={props.goOffline} />
      <RunHead run={run as Run} candidates={candidates} show={props.show} />
      <CandidateList project={projectOf(run.key ?? '')} candidates={candidates} />
    </>
  )
}
