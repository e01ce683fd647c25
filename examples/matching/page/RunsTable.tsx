import type { RunState } from '@monofil/protocol'
import { type MouseEvent, type ReactNode, useCallback } from 'react'
import { projectOf } from '../src/projects.ts'
import { passedIn } from './candidates-of.ts'
import { StatusIcon } from './Icon.tsx'
import { useText } from './TextProvider.tsx'

/** The newest runs, each with how many passed: a link to them where there are some, a red 0 where there are none. */
export function RunsTable(props: {
  readonly runs: readonly RunState[]
  readonly shown: string | null
  readonly show: (id: string) => void
}): ReactNode {
  const { text } = useText()
  const words = text.runs
  if (props.runs.length === 0) return null
  return (
    <section className="card runs" aria-labelledby="runs-title">
      <h2 id="runs-title">{words.title}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.project}</th>
            <th scope="col">{words.status}</th>
            <th scope="col">{words.when}</th>
            <th scope="col" className="figure">
              {words.cvs}
            </th>
            <th scope="col" className="figure">
              {words.passed}
            </th>
          </tr>
        </thead>
        <tbody>
          {props.runs.map((run) => (
            <RunRow key={run.id} run={run} isShown={run.id === props.shown} show={props.show} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function RunRow(props: {
  readonly run: RunState
  readonly isShown: boolean
  readonly show: (id: string) => void
}): ReactNode {
  const { run, isShown, show } = props
  const { text, language, number, moment } = useText()
  const passed = passedIn(run)
  const name = projectOf(run.key ?? '')?.name[language] ?? run.id
  const href = `/runs/${encodeURIComponent(run.id)}`
  const follow = useCallback(
    (event: MouseEvent) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return
      event.preventDefault()
      show(run.id)
    },
    [run.id, show],
  )
  const cvs = run.steps.find((step) => step.name === 'extract')?.counts.total ?? 0
  return (
    <tr aria-current={isShown || undefined}>
      <th scope="row">
        <a href={href} onClick={follow}>
          {name}
        </a>
      </th>
      <td>
        <span className="status" data-status={run.status}>
          <StatusIcon status={run.status} />
          {text.run.status[run.status]}
        </span>
      </td>
      <td>{moment(run.createdAt)}</td>
      <td className="figure">{number(cvs)}</td>
      <td className="figure">
        {passed === null ? (
          '–'
        ) : passed === 0 ? (
          <b className="nobody">{number(0)}</b>
        ) : (
          <a href={`${href}#candidates`} onClick={follow} aria-label={text.runs.link(number(passed), name)}>
            {number(passed)}
          </a>
        )}
      </td>
    </tr>
  )
}
