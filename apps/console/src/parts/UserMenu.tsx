import { Popover } from '@base-ui/react/popover'
import { useMonofil } from '@monofil/react'
import { LogOut, UserRound } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useConsole, useTexts } from '../lib/context.ts'
import { signOut, useSession } from '../lib/session.ts'
import './UserMenu.css'

/** Who is signed in, and the way out. In development mode nobody has to be told. */
export function UserMenu() {
  const { t, f } = useTexts()
  const session = useSession()
  const { client } = useMonofil()
  const { push } = useConsole()
  const navigate = useNavigate()
  const [failed, setFailed] = useState(false)
  if (session === null || session.mode === 'development') return null
  const leave = async () => {
    setFailed(false)
    if (push.get() === session.user) {
      // While the credential is there. What stays subscribed would show this user's words to the next one here.
      const { turnOffPush } = await import('../lib/browser-push.ts')
      await turnOffPush(client).then(
        () => push.set(null),
        () => {},
      )
    }
    if (!(await signOut())) {
      setFailed(true)
      return
    }
    client.logout()
    void navigate('/sign-in', { replace: true })
  }
  const label = t.session.signedInAs(session.user)
  return (
    <Popover.Root>
      <Popover.Trigger className="button user-menu" aria-label={label} title={label}>
        <UserRound className="icon" aria-hidden />
        <span className="truncate">{session.user}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="positioner" sideOffset={6} align="end">
          <Popover.Popup className="popup user-popup">
            <Popover.Title>{label}</Popover.Title>
            {session.isOperator && <p className="muted">{t.session.operator}</p>}
            {!session.isOperator && session.roles.length > 0 && <p className="muted">{session.roles.join(', ')}</p>}
            {session.expiresAt !== null && <p className="faint">{t.session.until(f.exact(session.expiresAt))}</p>}
            {session.mode === 'cookie' && (
              <button type="button" className="button" onClick={() => void leave()}>
                <LogOut className="icon" aria-hidden />
                {t.session.signOut}
              </button>
            )}
            {failed && (
              <p className="form-problem" role="alert">
                {t.session.signOutFailed}
              </p>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
