import { useCallback, useEffect, useState } from 'react'
import { getSession, type SessionAnswer, signInAs, signOut } from './api.ts'
import { keep, USER_KEY } from './kept.ts'

/** Who is signed in, and what can be done about it. */
export interface SessionState {
  /** Null until it is known. */
  readonly known: SessionAnswer | null
  readonly isLost: boolean
  /** Whether the session began in this tab. */
  readonly isNew: boolean
  readonly signIn: (user: string) => void
  readonly signOut: () => void
  readonly look: () => void
}

/** The browser's one session: tabs follow each other, so that none goes on as somebody who has left. */
export function useSession(): SessionState {
  const [known, setKnown] = useState<SessionAnswer | null>(null)
  const [isLost, setLost] = useState(false)
  const [isNew, setNew] = useState(false)
  const take = useCallback((asked: Promise<SessionAnswer>, begins: boolean) => {
    setLost(false)
    asked.then(
      (answer) => {
        setKnown(answer)
        setNew(begins)
        if (begins) keep(USER_KEY, answer.session?.id ?? '')
      },
      () => setLost(true),
    )
  }, [])
  const look = useCallback(() => take(getSession(), false), [take])
  useEffect(() => {
    const asked = wantedUser()
    if (asked === null) look()
    else take(signInAs(asked), true)
    const follow = ({ key }: StorageEvent) => {
      if (key === USER_KEY) look()
    }
    addEventListener('storage', follow)
    return () => removeEventListener('storage', follow)
  }, [look, take])
  return {
    ...{ known, isLost, isNew, look },
    signIn: (user) => take(signInAs(user), true),
    signOut: () => take(signOut(), true),
  }
}

/** The user of an address that signs in (`?sign-in=ada`), which is taken out of it: shared, it would sign in others. */
function wantedUser(): string | null {
  const url = new URL(location.href)
  const user = url.searchParams.get('sign-in')
  if (user === null) return null
  url.searchParams.delete('sign-in')
  history.replaceState(null, '', url)
  return user
}
