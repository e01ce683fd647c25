import { useMonofil } from '@monofil/react'
import { useEffect, useState } from 'react'
import { Outlet, ScrollRestoration, useNavigate } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { focusRow, focusSearch, useShortcuts } from '../lib/shortcuts.ts'
import { Header } from './Header.tsx'
import { Rail } from './Rail.tsx'
import { ShortcutsDialog } from './ShortcutsDialog.tsx'
import './Shell.css'

/** The frame of every page: rail, header, content. */
export function Shell() {
  const { t } = useTexts()
  const [help, setHelp] = useState(false)
  const navigate = useNavigate()
  const { client } = useMonofil()
  // The runs stay subscribed on every page: the badge always speaks of a real stream, and going back finds the list as it is.
  useEffect(() => client.subscribe('runs'), [client])
  useShortcuts({
    '/': focusSearch,
    '?': () => setHelp(true),
    'g o': () => void navigate('/'),
    'g r': () => void navigate('/runs'),
    'g c': () => void navigate('/connections'),
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
      <ShortcutsDialog open={help} onOpenChange={setHelp} />
      <ScrollRestoration />
    </div>
  )
}
