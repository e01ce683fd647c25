import { useMonofil } from '@monofil/react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Outlet, ScrollRestoration, useNavigate } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { useSession } from '../lib/session.ts'
import { focusRow, focusSearch, useShortcuts } from '../lib/shortcuts.ts'
import { Header } from './Header.tsx'
import { Rail } from './Rail.tsx'
import { ShortcutsDialog } from './ShortcutsDialog.tsx'
import './Shell.css'

// Most who open the console want to see runs: what tells of notifications comes a moment later.
const Notices = lazy(() => import('./Notices.tsx').then((file) => ({ default: file.Notices })))

/** The frame of every page: rail, header, content. */
export function Shell() {
  const { t } = useTexts()
  const [help, setHelp] = useState(false)
  const navigate = useNavigate()
  const { client } = useMonofil()
  const session = useSession()
  // The runs stay subscribed on every page: the badge always speaks of a real stream, and going back finds the list as it is.
  useEffect(() => client.subscribe('runs'), [client])
  useShortcuts({
    '/': focusSearch,
    '?': () => setHelp(true),
    'g o': () => void navigate('/'),
    'g r': () => void navigate('/runs'),
    'g n': () => void navigate('/notifications'),
    'g c': () => void navigate('/connections'),
    'g q': () => void navigate('/queues'),
    'g s': () => void navigate('/settings'),
    j: () => focusRow(1),
    k: () => focusRow(-1),
  })
  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        {t.nav.skip}
      </a>
      <Rail />
      <div className="shell-main">
        <Header onHelp={() => setHelp(true)} />
        <main id="content" className="shell-content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {session !== null && (
        <Suspense>
          <Notices />
        </Suspense>
      )}
      <ShortcutsDialog open={help} onOpenChange={setHelp} />
      <ScrollRestoration />
    </div>
  )
}
