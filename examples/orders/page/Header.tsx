import { useConnection } from '@monofil/react'
import { NotificationBell } from '@monofil/react/inbox'
import type { ReactNode } from 'react'
import type { Session } from '../src/order.ts'
import { Face } from './SignIn.tsx'
import { useText } from './TextProvider.tsx'

interface HeaderProps {
  readonly session: Session
  readonly onSignOut: () => void
}

/** Who is here, what came, and whether it is live. */
export function Header({ session, onSignOut }: HeaderProps): ReactNode {
  const { text, language, choose } = useText()
  const { status } = useConnection()
  const state = status === 'open' ? 'live' : status === 'failed' || status === 'closed' ? 'lost' : 'connecting'
  return (
    <header className="top">
      <a className="skip" href="#orders">
        {text.skip}
      </a>
      <a className="brand" href="/">
        {text.title}
      </a>
      <span className="connection" data-state={state} role="status">
        {text.connection[state]}
      </span>
      <fieldset className="languages" aria-label={text.languages}>
        {(['en', 'fr'] as const).map((one) => (
          <button key={one} type="button" lang={one} aria-pressed={one === language} onClick={() => choose(one)}>
            {one.toUpperCase()}
          </button>
        ))}
      </fieldset>
      <span className="who">
        <Face name={session.name} />
        <span className="who-words">
          <strong>{session.name}</strong>
          <span className="muted">{text.roles[session.role as keyof typeof text.roles] ?? text.roles.clerk}</span>
        </span>
      </span>
      <button type="button" className="button" onClick={onSignOut}>
        {text.out}
      </button>
      {/* At the edge, where its panel has room to open. */}
      <NotificationBell locale={language} />
    </header>
  )
}
