import type { Session } from '@monofil/client'
import { useConnection, useMonofil } from '@monofil/react'
import { type ReactNode, useEffect, useState } from 'react'
import { Navigate, useLocation } from 'react-router'
import { SessionContext, signInPath } from '../lib/session.ts'

/** Why a stream ends that comes back only with another credential. */
const ENDED: Readonly<Record<string, 'expired' | 'revoked'>> = {
  unauthorized: 'expired',
  token_expired: 'expired',
  expired: 'expired',
  revoked: 'revoked',
}

/** Lets in who is signed in, and leads others to the page where they can; a hub that does not answer lets in too. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { client } = useMonofil()
  const { status, reason } = useConnection()
  const { pathname, search } = useLocation()
  const [known, setKnown] = useState<Session | 'asking' | 'nobody' | null>('asking')
  useEffect(() => {
    let isOver = false
    const answer = (next: Session | 'nobody' | null) => {
      if (!isOver) setKnown(next)
    }
    client.api.session().then(answer, (error: Error & { status?: number }) => {
      // Pages say themselves what else is wrong.
      answer(error.status === 401 ? 'nobody' : null)
    })
    return () => {
      isOver = true
    }
  }, [client])
  const ended = status === 'failed' ? (ENDED[reason ?? ''] ?? null) : null
  if (known === 'asking') return null
  if (known === 'nobody') return <Navigate to={signInPath(pathname + search)} replace />
  if (ended !== null) return <Navigate to={signInPath(pathname + search, ended)} replace />
  return <SessionContext value={known}>{children}</SessionContext>
}
