import { type ClientOptions, createClient, type MonofilClient } from '@monofil/client'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useLatest } from './use-latest.ts'

const ClientContext = createContext<MonofilClient | null>(null)

/** Either a client of the application's own, or the options to make one. */
export type MonofilProviderProps = { readonly children?: ReactNode } & (
  | { readonly client: MonofilClient }
  | ({ readonly client?: undefined } & ClientOptions)
)

/**
 * Gives every hook below it one client. Options may be inline: functions are read when they are needed, another
 * `url` or `user` makes another client, another token renews the stream once. Unmounting closes nothing, since
 * StrictMode unmounts what stays: without subscribers the stream ends by itself.
 */
export function MonofilProvider(props: MonofilProviderProps): ReactNode {
  const {
    children,
    client: given,
    ...options
  } = props as { children?: ReactNode; client?: MonofilClient } & ClientOptions
  const latest = useLatest(options)
  const { url, user, token } = options
  const anonymous = token === undefined
  const [tokens] = useState(() => new TokenSource(latest))
  // biome-ignore lint/correctness/useExhaustiveDependencies: what else changes is read through `latest`
  const made = useMemo(() => given ?? createClient(readThrough(options, latest, tokens)), [given, url, user, anonymous])
  useTokenChange(tokens, token)
  return <ClientContext.Provider value={made}>{children}</ClientContext.Provider>
}

/** The client of the nearest provider. @throws Error outside one. */
export function useClient(): MonofilClient {
  const client = useContext(ClientContext)
  if (client === null) throw new Error('Monofil hooks need a <MonofilProvider> above them')
  return client
}

type Latest = { readonly current: ClientOptions }

function readThrough(first: ClientOptions, latest: Latest, tokens: TokenSource): ClientOptions {
  const given = latest.current.headers
  const headers = () => {
    const now = latest.current.headers
    return (typeof now === 'function' ? now() : now) ?? {}
  }
  return {
    ...first,
    ...(given === undefined ? {} : { headers }),
    ...(first.token === undefined ? {} : { token: tokens }),
  }
}

/** The provider's `token`, whatever it is in this render, as one source that pushes. */
class TokenSource {
  readonly #latest: Latest
  readonly #listeners = new Set<() => void>()

  constructor(latest: Latest) {
    this.#latest = latest
  }

  readonly get = async (): Promise<string> => {
    const { token } = this.#latest.current
    const given = typeof token === 'object' ? token.get() : typeof token === 'function' ? token() : token
    return (await given) ?? ''
  }

  readonly subscribe = (onChange: () => void): (() => void) => {
    const listener = () => onChange()
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  push(): void {
    for (const listener of this.#listeners) listener()
  }
}

function useTokenChange(tokens: TokenSource, token: ClientOptions['token']): void {
  const known = typeof token === 'string' ? token : undefined
  const told = useRef(known)
  useEffect(() => {
    if (told.current === known) return
    told.current = known
    tokens.push()
  }, [tokens, known])
  const subscribe = typeof token === 'object' ? token.subscribe : undefined
  useEffect(() => subscribe?.(() => tokens.push()), [tokens, subscribe])
}
