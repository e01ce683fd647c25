/** Parts of the React package, each as an application would put it on a page. `?part=` says which. */
import '@monofil/react/styles.css'
import '@monofil/react/graph.css'
import '@monofil/react/inbox.css'
import './page.css'
import { MonofilProvider, RunsTray } from '@monofil/react'
import { RunGraph } from '@monofil/react/graph'
import { NotificationBell, Toasts } from '@monofil/react/inbox'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'

const params = new URLSearchParams(location.search)
const run = params.get('run') ?? 'none'
const locale = params.get('locale') ?? 'en'

function Graph() {
  const [chosen, choose] = useState('')
  return (
    <>
      <h1>Graph</h1>
      <RunGraph runId={run} locale={locale} chosen={chosen} onChoose={choose} />
      <p>Chosen: {chosen}</p>
    </>
  )
}

function Tray() {
  return (
    <>
      <header className="bar">
        <h1>Tray</h1>
        <RunsTray href={(one) => `?run=${one.id}`} locale={locale} />
      </header>
      <p>
        <button type="button">Elsewhere</button>
      </p>
    </>
  )
}

function Bell() {
  return (
    <>
      <header className="bar">
        <h1>Bell</h1>
        <NotificationBell locale={locale} />
      </header>
      <Toasts locale={locale} />
    </>
  )
}

const PARTS = { tray: Tray, bell: Bell, graph: Graph }
const Part = PARTS[(params.get('part') ?? 'graph') as keyof typeof PARTS]

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with the id root')
createRoot(root).render(
  <StrictMode>
    <MonofilProvider url={location.origin}>
      <Part />
    </MonofilProvider>
  </StrictMode>,
)
