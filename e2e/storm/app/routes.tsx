import { BatchProgressBar, useMonofil, useRun, useRuns, useStatus, useTopic } from '@monofil/react'
import { book } from './book.ts'
import { Row } from './Row.tsx'

const VERSION = 0
book().versions['routes'] = VERSION

/** The run that the routes watch. */
const runId = new URLSearchParams(location.search).get('run') ?? 'none'

function Orders() {
  const { events } = useTopic('kept/a')
  return (
    <ol data-version={VERSION}>
      {['kept/a', 'kept/b', 'loose/c', 'loose/d', 'loose/e'].map((topic) => (
        <Row key={topic} topic={topic} />
      ))}
      <li>{events.length}</li>
    </ol>
  )
}

function Run() {
  const { run, items } = useRun(runId)
  return (
    <section>
      <BatchProgressBar runId={runId} />
      <p>
        {run?.status} {items.size}
      </p>
    </section>
  )
}

function Overview() {
  const { runs } = useRuns()
  const { isConnected } = useMonofil()
  useStatus({})
  return <p>{`${runs.length} ${isConnected}`}</p>
}

/** The whole tree of a page. */
export function Route({ path }: { path: string }) {
  if (path === '/orders') return <Orders />
  if (path === '/run') return <Run />
  if (path === '/overview') return <Overview />
  return null
}
