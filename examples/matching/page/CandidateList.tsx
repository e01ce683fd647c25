import { TextStream } from '@monofil/react'
import type { ReactNode } from 'react'
import type { Criterion, Project } from '../src/projects.ts'
import type { Candidate, Candidates } from './candidates-of.ts'
import { Icon } from './Icon.tsx'
import { useText } from './TextProvider.tsx'

/** All CVs of the run: who passed, best first; who is on the way; who is out, and what could not be judged. */
export function CandidateList(props: {
  readonly project: Project | undefined
  readonly candidates: Candidates
}): ReactNode {
  const { text, number } = useText()
  const { project, candidates } = props
  const { passed, open, out, unread, total } = candidates
  const musts = project?.musts ?? []
  const words = text.list
  if (total === 0) return <p className="empty">{words.empty}</p>
  return (
    <>
      {passed.length + open.length > 0 && (
        <section id="candidates" aria-labelledby="candidates-title">
          <h2 id="candidates-title">{words.title}</h2>
          <ol className="candidates">
            {passed.map((one, at) => (
              <Row key={one.file} candidate={one} musts={musts} rank={at + 1} />
            ))}
            {open.map((one) => (
              <Row key={one.file} candidate={one} musts={musts} rank={null} />
            ))}
          </ol>
        </section>
      )}
      {out.length > 0 && (
        <section aria-labelledby="out-title">
          <h2 id="out-title">{words.out(number(out.length))}</h2>
          <ul className="candidates" data-quiet>
            {out.map((one) => (
              <Row key={one.file} candidate={one} musts={musts} rank={null} />
            ))}
          </ul>
        </section>
      )}
      {unread.length > 0 && (
        <section aria-labelledby="unread-title">
          <h2 id="unread-title">{words.unread(number(unread.length))}</h2>
          <ul className="candidates" data-quiet>
            {unread.map((one) => (
              <Row key={one.file} candidate={one} musts={musts} rank={null} />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

interface RowProps {
  readonly candidate: Candidate
  readonly musts: readonly Criterion[]
  readonly rank: number | null
}

function Row({ candidate, musts, rank }: RowProps): ReactNode {
  const { text, number, language } = useText()
  const words = text.list
  const { file, title, state, score, fit, reasons, error, writing } = candidate
  return (
    <li className="candidate" data-state={state}>
      {rank !== null && (
        <span className="rank">
          <span className="unseen">{words.rank} </span>
          {number(rank)}
        </span>
      )}
      <div className="who">
        <b>{title ?? file}</b>
        {title !== null && <span className="file">{file}</span>}
        <span className="state">{words.state[state]}</span>
      </div>
      {score !== null && (
        <dl className="marks">
          <div>
            <dt>{words.fit}</dt>
            <dd className="fit">{fit === null ? '–' : number(fit)}</dd>
          </div>
          <div>
            <dt>{words.score}</dt>
            <dd>{number(score)}</dd>
          </div>
        </dl>
      )}
      <Verdicts candidate={candidate} musts={musts} />
      {reasons !== null && <p className="reasons">{reasons}</p>}
      {reasons === null && writing !== null && (
        <TextStream {...writing} step="rerank" name="reasons" locale={language} className="reasons">
          {(written) => written.replace(/\**SCORE[\s\S]*$/i, '')}
        </TextStream>
      )}
      {error !== null && <p className="why">{error.message}</p>}
    </li>
  )
}

function Verdicts({ candidate: { verdicts }, musts }: Pick<RowProps, 'candidate' | 'musts'>): ReactNode {
  const { text, language } = useText()
  const words = text.list
  if (verdicts.length === 0) return null
  return (
    <details className="verdicts">
      <summary>
        <span className="unseen">{words.criteria}: </span>
        {verdicts.map(({ id, met }) => (
          <span key={id} className="pill" data-met={met}>
            <Icon name={met ? 'yes' : 'no'} />
            <span className="unseen">{met ? words.met : words.missed} </span>
            {musts.find((must) => must.id === id)?.says[language] ?? id}
          </span>
        ))}
        <span className="more">{words.why}</span>
      </summary>
      <dl>
        {verdicts.map(({ id, evidence }) => (
          <div key={id}>
            <dt>{musts.find((must) => must.id === id)?.says[language] ?? id}</dt>
            <dd>{evidence === null ? words.noEvidence : <q>{evidence}</q>}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
