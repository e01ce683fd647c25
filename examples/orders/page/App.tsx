import { MonofilProvider } from '@monofil/react'
import { type ReactNode, useEffect } from 'react'
import { Shop } from './Shop.tsx'
import { SignIn } from './SignIn.tsx'
import { useText } from './TextProvider.tsx'
import { useSession } from './use-session.ts'

/** Who is signed in sees the orders; who is not is asked. */
export function App(): ReactNode {
  const { text } = useText()
  const session = useSession()
  const { known } = session
  useEffect(() => {
    document.title = text.title
  }, [text])
  const who = known?.session ?? null
  if (who === null) return <SignIn {...session} />
  return (
    // The page's own server passes the hub's calls on, so the hub is where the page is, and takes the same cookie. Tabs of
    // another user share no stream with these.
    <MonofilProvider key={who.id} url={location.origin} user={who.id}>
      <Shop session={who} isNew={session.isNew} onSignOut={session.signOut} onExpired={session.look} />
    </MonofilProvider>
  )
}
