import type { Run } from '@monofil/protocol'
import { RunControls, useConnection, useRun, useRuns } from '@monofil/react'
import { type ReactNode, useEffect, useState } from 'react'
import { folderOf } from '../src/run-input.ts'
import { Exports } from './Exports.tsx'
import { Grid } from './Grid.tsx'
import { Progress } from './Progress.tsx'
import { photosOf } from './photos-of.ts'
import { Summary } from './Summary.tsx'

/** The page of a run of photos: the one in the address, else the newest. */
export function App(): ReactNode {
  const [chosen, choose] = useState(() => /^\/runs\/([^/]+)$/.exec(location.pathname)?.[1] ?? null)
  useEffect(() => {
    const follow = () => choose(/^\/runs\/([^/]+)$/.exec(location.pathname)?.[1] ?? null)
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  const show = (run: Run) => {
    history.pushState(null, '', `/runs/${run.id}`)
    choose(run.id)
  }
  return (
    <>
      <header className="top">
        <a href="/">Photos</a>
        <Connection />
      </header>
      <main>{chosen === null ? <Newest show={show} /> : <RunPage id={chosen} show={show} />}</main>
    </>
  )
}

function Newest({ show }: { readonly show: (run: Run) => void }): ReactNode {
  const { runs, status } = useRuns()
  const newest = runs.find(({ workflow }) => workflow === 'photos')
  if (newest !== undefined) return <RunPage id={newest.id} show={show} />
  if (status === 'loading') return <Loading />
  return (
    <p className="empty">
      There is no run yet. <code>npm run photos</code> starts one.
    </p>
  )
}

function RunPage({ id, show }: { readonly id: string; readonly show: (run: Run) => void }): ReactNode {
  const { run, items, error } = useRun(id)
  useTitle(run === null ? null : `${Math.floor(run.progress)} % · Photos`)
  if (run === null) return error === null ? <Loading /> : <p role="alert">The run cannot be shown: {error.message}</p>
  const photos = photosOf(items)
  const folder = folderOf(run)
  return (
    <>
      <h1 title={folder}>{folder?.split(/[\\/]/).at(-1) ?? 'Photos'}</h1>
      <section className="card" aria-label="Progress">
        <Progress run={run} />
        <RunControls runId={id} onRerun={show} labels={LABELS} />
        <Exports runId={id} />
      </section>
      <Summary run={run} />
      <Grid run={run} photos={photos} />
    </>
  )
}

const LABELS = { retryFailed: (count: string) => `Retry what failed (${count})` }

function Loading(): ReactNode {
  return (
    <section className="card waiting" aria-busy="true" aria-label="Loading">
      <span className="big"> </span>
    </section>
  )
}

function Connection(): ReactNode {
  const { status } = useConnection()
  const isLive = status === 'open'
  return (
    <span className="connection" data-live={isLive ? '' : undefined} role="status">
      {isLive ? 'Live' : status === 'failed' || status === 'closed' ? 'Not connected' : 'Connecting…'}
    </span>
  )
}

function useTitle(title: string | null): void {
  useEffect(() => {
    if (title !== null) document.title = title
  }, [title])
}
