import type { Session } from '@monofil/client'
import { createContext, useContext } from 'react'

/** Who is signed in; null where the hub did not say. */
export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session | null {
  return useContext(SessionContext)
}

/** Why signing in failed, as the texts name it. */
export type SignInProblem = 'unauthorized' | 'token_expired' | 'too_large' | 'application' | 'unreachable'

/** Hands a token to the hub, which keeps it in a cookie of this browser. Answers what is wrong; null: nothing. */
export async function signIn(token: string): Promise<SignInProblem | null> {
  // What cannot be in a header is no token.
  if (!/^[!-~]+$/.test(token)) return 'unauthorized'
  const response = await ask('POST', { authorization: `Bearer ${token}` })
  if (response === null) return 'unreachable'
  if (response.ok) return null
  const { code } = (await response.json().catch(() => ({}))) as { code?: string }
  if (code === 'token_expired' || code === 'unauthorized' || code === 'too_large') return code
  return code === 'invalid_state' ? 'application' : 'unreachable'
}

/** Ends the session of this browser. Answers whether it has. */
export async function signOut(): Promise<boolean> {
  return (await ask('DELETE'))?.ok === true
}

function ask(method: string, headers: Readonly<Record<string, string>> = {}): Promise<Response | null> {
  const init = { method, headers: { 'content-type': 'application/json', ...headers } }
  return fetch('/v1/session', method === 'POST' ? { ...init, body: '{}' } : init).catch(() => null)
}

/** Whom a token speaks for, unchecked; null for what cannot be read. */
export function userOf(token: string): string | null {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0))
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown }
    return typeof sub === 'string' && sub !== '' ? sub : null
  } catch {
    return null
  }
}

/** Where to go after signing in: a page of the console, whatever the address asks for. */
export function returnTo(search: string): string {
  const to = new URLSearchParams(search).get('to') ?? ''
  return /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-in') ? to : '/runs'
}

/** The address of the page to sign in on, that leads back to where one was. */
export function signInPath(from: string, why: 'expired' | 'revoked' | null = null): string {
  const query = new URLSearchParams({ to: from, ...(why === null ? {} : { why }) })
  return `/sign-in?${query}`
}
