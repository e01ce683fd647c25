import type { ModelStatus } from '@monofil/example-models'
import type { Run } from '@monofil/protocol'
import { useStartRun } from '@monofil/react'
import { type ReactNode, useId } from 'react'
import { OFFLINE } from '../src/offline.ts'
import type { Source } from '../src/page.ts'
import { PROJECTS, type Project } from '../src/projects.ts'
import { CvPicker } from './CvPicker.tsx'
import { useText } from './TextProvider.tsx'
import type { Fetched } from './use-fetched.ts'
import { type Selection, useSelection } from './use-selection.ts'

const MAX_TOP = 50

/** What the person has set; null: what the endpoint says first. */
export interface Choice {
  readonly project: Project
  readonly top: number
  readonly model: string | null
}

interface LaunchProps {
  readonly choice: Choice
  readonly choose: (choice: Choice) => void
  readonly status: ModelStatus | null
  readonly sources: Fetched<readonly Source[]>
  readonly onStart: (run: Run) => void
}

/** What a run is started with, and the button that starts one, blocked while one of the project is active anywhere. */
export function Launch({ choice, choose, status, sources, onStart }: LaunchProps): ReactNode {
  const { text } = useText()
  const selection = useSelection(sources.data ?? [])
  const words = text.launch
  return (
    <form className="card launch" aria-label={words.title} onSubmit={(event) => event.preventDefault()}>
      <h2>{words.title}</h2>
      <Projects chosen={choice.project} choose={(project) => choose({ ...choice, project })} />
      <Top top={choice.top} choose={(top) => choose({ ...choice, top })} />
      <Model model={modelOf(choice, status)} status={status} choose={(model) => choose({ ...choice, model })} />
      {sources.failed && (
        <p className="problems" role="alert">
          {words.noSources}{' '}
          <button type="button" className="quiet" onClick={sources.again}>
            {text.model.again}
          </button>
        </p>
      )}
      <CvPicker selection={selection} />
      <Start choice={choice} model={modelOf(choice, status)} selection={selection} onStart={onStart} />
    </form>
  )
}

/** The model that is asked: the chosen one where it still is one, else the endpoint's own, else none. */
function modelOf({ model }: Choice, status: ModelStatus | null): string {
  if (model === OFFLINE || status === null || status.state === 'offline') return OFFLINE
  return model !== null && status.names.includes(model) ? model : (status.model ?? OFFLINE)
}

function Projects(props: { readonly chosen: Project; readonly choose: (project: Project) => void }): ReactNode {
  const { text, language } = useText()
  return (
    <fieldset className="projects">
      <legend>{text.launch.project}</legend>
      {PROJECTS.map((project) => (
        <label key={project.id}>
          <input
            type="radio"
            name="project"
            value={project.id}
            checked={project.id === props.chosen.id}
            onChange={() => props.choose(project)}
          />
          <span>
            <b>{project.name[language]}</b>
            <small>
              {text.launch.musts}
              {language === 'fr' ? ' : ' : ': '}
              {project.musts.map(({ says }) => says[language]).join(', ')}
            </small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function Top({ top, choose }: { readonly top: number; readonly choose: (top: number) => void }): ReactNode {
  const { text } = useText()
  const [id, hint] = [useId(), useId()]
  const words = text.launch
  const set = (value: number) => choose(Math.min(MAX_TOP, Math.max(1, Math.round(value) || 1)))
  return (
    <div className="field">
      <label htmlFor={id}>{words.top}</label>
      <span className="stepper">
        <button type="button" aria-label={words.fewer} disabled={top <= 1} onClick={() => set(top - 1)}>
          −
        </button>
        <input
          id={id}
          type="number"
          min={1}
          max={MAX_TOP}
          value={top}
          aria-describedby={hint}
          onChange={({ target }) => set(Number(target.value))}
        />
        <button type="button" aria-label={words.more} disabled={top >= MAX_TOP} onClick={() => set(top + 1)}>
          +
        </button>
      </span>
      <p className="hint" id={hint}>
        {words.topHint}
      </p>
    </div>
  )
}

function Model(props: {
  readonly model: string
  readonly status: ModelStatus | null
  readonly choose: (model: string) => void
}): ReactNode {
  const { text } = useText()
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{text.launch.model}</label>
      <select id={id} value={props.model} onChange={({ target }) => props.choose(target.value)}>
        {(props.status?.names ?? []).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        <option value={OFFLINE}>{text.model.offline}</option>
      </select>
    </div>
  )
}

function Start(props: {
  readonly choice: Choice
  readonly model: string
  readonly selection: Selection
  readonly onStart: (run: Run) => void
}): ReactNode {
  const { text, language, number } = useText()
  const { choice, model, selection } = props
  const { project, top } = choice
  const { start, blocked, error } = useStartRun('matching', { key: project.id })
  const { shelf, chosen } = selection
  const why = useId()
  const words = text.launch
  const press = async () => {
    if (shelf.folder === null) return
    const input = { project: project.id, top, model, folder: shelf.folder, files: [...chosen], language }
    const run = await start(input)
    if (run !== null) props.onStart(run)
  }
  const isReady = chosen.size > 0 && shelf.folder !== null && selection.sending.length === 0
  const label = chosen.size === 1 ? words.startOne : words.start(number(chosen.size))
  return (
    <div className="start">
      <button
        type="button"
        className="primary"
        disabled={blocked !== null || !isReady}
        aria-busy={blocked === 'starting'}
        aria-describedby={why}
        onClick={press}
      >
        {blocked === null ? label : words.blocked[blocked]}
      </button>
      <p className="hint" id={why}>
        {blocked === 'running' ? words.blockedWhy : isReady ? '' : words.choose}
      </p>
      {error !== null && (
        <p className="problems" role="alert">
          {words.refused}: {error.message}
        </p>
      )}
    </div>
  )
}
