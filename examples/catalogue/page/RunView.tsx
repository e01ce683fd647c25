import { BatchProgressBar, RunControls, useRun } from '@monofil/react'
import { lazy, type ReactNode, Suspense, useEffect } from 'react'
import { Items } from './Items.tsx'
import { useWords, type Words } from './words.ts'

// The graph's library is as large as the rest of the page: it comes when a run is looked at.
const RunGraph = lazy(() => import('@monofil/react/graph').then((graph) => ({ default: graph.RunGraph })))

/** A run on a page of its own, live: how far it is, its steps as a graph, what was done. */
export function RunView({ id, go }: { readonly id: string; readonly go: (path: string) => void }): ReactNode {
  const { t, locale } = useWords()
  const { run, items, status, error } = useRun(id)
  useEffect(() => {
    if (run !== null) document.title = `${Math.floor(run.progress)} % · ${titleOf(run.workflow, t)}`
    return () => {
      document.title = t.title
    }
  }, [run, t])
  if (status === 'gone') return <p role="alert">{t.gone}</p>
  if (run === null) {
    return error === null ? <p aria-busy="true">{t.loading}</p> : <p role="alert">{`${t.failed}: ${error.message}`}</p>
  }
  return (
    <>
      <h1>{titleOf(run.workflow, t)}</h1>
      <section className="card" aria-label={t.progress}>
        <BatchProgressBar runId={id} items={false} title={t.progress} locale={locale} />
        <RunControls runId={id} locale={locale} onRerun={(made) => go(`/runs/${made.id}`)} />
      </section>
      <section className="card graph" aria-label={t.steps}>
        <Suspense>
          <RunGraph runId={id} locale={locale} />
        </Suspense>
      </section>
      <section className="card" aria-label={t.items}>
        <h2>{t.items}</h2>
        <Items runId={id} items={items} />
      </section>
      <a
        href="/"
        onClick={(event) => {
          event.preventDefault()
          go('/')
        }}
      >
        {t.back}
      </a>
    </>
  )
}

function titleOf(workflow: string, t: Words): string {
  if (workflow === 'catalogue-extract') return t.extract
  return workflow === 'catalogue-enrich' ? t.enrich : workflow
}
