/** Parts of the React package, each as an application would put it on a page. `?part=` says which. */
import '@monofil/react/styles.css'
import '@monofil/react/graph.css'
import './page.css'
import { MonofilProvider } from '@monofil/react'
import { RunGraph } from '@monofil/react/graph'
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

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with the id root')
createRoot(root).render(
  <StrictMode>
    <MonofilProvider url={location.origin}>
      <Graph />
    </MonofilProvider>
  </StrictMode>,
)
