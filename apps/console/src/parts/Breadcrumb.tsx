import { ChevronRight } from 'lucide-react'
import { Link, useLocation } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { shortId } from '../lib/short-id.ts'

/** The way from the section to this page. */
export function Breadcrumb() {
  const { t } = useTexts()
  const [section, id] = useLocation().pathname.split('/').slice(1)
  const names = {
    '': t.nav.overview,
    runs: t.nav.runs,
    schedules: t.schedules.title,
    usage: t.usage.nav,
    notifications: t.nav.notifications,
    connections: t.nav.connections,
    queues: t.nav.queues,
    test: t.nav.test,
    settings: t.nav.settings,
    bundle: t.replay.bundle.title,
  }
  const name = section !== undefined && Object.hasOwn(names, section) ? names[section as keyof typeof names] : 'Monofil'
  return (
    <nav className="breadcrumb" aria-label={name}>
      <ol>
        <li>{id === undefined ? <span aria-current="page">{name}</span> : <Link to={`/${section}`}>{name}</Link>}</li>
        {id !== undefined && (
          <li>
            <ChevronRight className="icon" aria-hidden />
            <code className="truncate" aria-current="page" title={decodeURIComponent(id)}>
              {shortId(decodeURIComponent(id))}
            </code>
          </li>
        )}
      </ol>
    </nav>
  )
}
