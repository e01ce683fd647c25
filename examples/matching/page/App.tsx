import type { ModelStatus } from '@monofil/example-models'
import { isTerminal, type Run } from '@monofil/protocol'
import { useConnection, useRun, useRuns } from '@monofil/react'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { OFFLINE } from '../src/offline.ts'
import type { Source } from '../src/page.ts'
import { PROJECTS, type Project, projectOf } from '../src/projects.ts'
import { type Choice, Launch } from './Launch.tsx'
import { ModelBadge } from './ModelBadge.tsx'
import { RunsTable } from './RunsTable.tsx'
import { RunView } from './RunView.tsx'
import { useText } from './TextProvider.tsx'
import { type Fetched, useFetched } from './use-fetched.ts'
import { useRunInPath } from './use-path.ts'

const SHOWN_RUNS = 8

/** What is started on the left, the run on the right: the one in the address, else the newest. */
export function App(): ReactNode {
  const { text } = useText()
  const [chosenRun, showRun] = useRunInPath()
  const { runs, status } = useRuns()
  const own = runs.filter(({ workflow }) => workflow === 'matching')
  const id = chosenRun ?? own[0]?.id ?? null
  const [chosen, choose] = useState<Chosen>({ project: null, top: 3, model: null })
  const goOffline = useCallback(() => choose((before) => ({ ...before, model: OFFLINE })), [])
  const { run } = useRun(id)
  const choice = { ...chosen, project: chosen.project ?? projectOf(run?.key ?? '') ?? FIRST }
  const onStart = useCallback(
    (run: Run) => {
      showRun(run.id)
      const place = document.getElementById('run')
      // In one column the run is far below the button.
      if (place !== null && place.getBoundingClientRect().top > innerHeight / 2) place.scrollIntoView()
    },
    [showRun],
  )
  // What a run has seen of the model is known when it is over.
  const model = useFetched<ModelStatus>(
    '/api/model',
    run !== null && isTerminal(run.status) ? `${run.id}/${run.round}` : id,
  )
  const sources = useFetched<readonly Source[]>('/api/sources')
  return (
    <>
      <a className="skip" href="#run">
        {text.skip}
      </a>
      <Header model={model} />
      <main>
        <Launch choice={choice} choose={choose} status={model.data} sources={sources} onStart={onStart} />
        <div className="run" id="run" tabIndex={-1}>
          {id === null ? (
            <p className="empty">{status === 'loading' ? '' : text.run.none}</p>
          ) : (
            <RunView id={id} show={({ id: next }) => showRun(next)} goOffline={goOffline} />
          )}
          <RunsTable runs={own.slice(0, SHOWN_RUNS)} shown={id} show={showRun} />
        </div>
      </main>
    </>
  )
}

const [FIRST] = PROJECTS

/** Until a project is chosen it is that of the run that is shown. */
type Chosen = Omit<Choice, 'project'> & { readonly project: Project | null }

function Header({ model }: { readonly model: Fetched<ModelStatus> }): ReactNode {
  const { text, language, choose } = useText()
  const { status } = useConnection()
  const state = status === 'open' ? 'live' : status === 'failed' || status === 'closed' ? 'lost' : 'connecting'
  useEffect(() => {
    document.title = text.title
  }, [text])
  return (
    <header className="top">
      <a className="brand" href="/">
        {text.title}
      </a>
      <ModelBadge {...model} />
      <fieldset className="languages" aria-label={text.language}>
        {(['en', 'fr'] as const).map((one) => (
          <button key={one} type="button" lang={one} aria-pressed={one === language} onClick={() => choose(one)}>
            {one.toUpperCase()}
          </button>
        ))}
      </fieldset>
      <span className="connection" data-state={state} role="status">
        {text.connection[state]}
      </span>
    </header>
  )
}
