import { type ClientOptions, createClient, type MonofilClient } from '@monofil/client'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { Pending } from './pending.ts'
import { useDevelopment } from './use-development.ts'
import { useLatest } from './use-latest.ts'

interface Scope {
  readonly client: MonofilClient
  readonly pending: Pending
}

const ScopeContext = createContext<Scope | null>(null)

/** Either a client of the application's own, or the options to make one. */
export type MonofilProviderProps = { readonly children?: ReactNode } & (
  | { readonly client: MonofilClient }
  | ({ readonly client?: undefined } & ClientOptions)
)

/**
 * Gives every hook below it one client. Options may be inline: functions are read when they are needed, another
 * `url` or `user` makes another client, another token renews the stream once. Unmounting closes nothing, since
 * StrictMode unmounts what stays: without subscribers the stream ends by itself. In development builds it starts the development tools.
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
  const bare = options.headers === undefined
  const [tokens] = useState(() => new TokenSource(latest))
  // biome-ignore lint/correctness/useExhaustiveDependencies: what else changes is read through `latest`
  const scope = useMemo<Scope>(
    () => ({ client: given ?? createClient(readThrough(options, latest, tokens)), pending: new Pending() }),
    [given, url, user, anonymous, bare],
  )
  useTokenChange(tokens, token)
  useDevelopment()
  return <ScopeContext.Provider value={scope}>{children}</ScopeContext.Provider>
}

/** The client of the nearest provider. @throws Error outside one. */
export function useClient(): MonofilClient {
  return useScope().client
}

/** What components below the nearest provider wait for. @throws Error outside one. */
export function usePending(): Pending {
  return useScope().pending
}

function useScope(): Scope {
  const scope = useContext(ScopeContext)
  if (scope === null) throw new Error('Monofil hooks need a <MonofilProvider>')
  return scope
}

type Latest = { readonly current: ClientOptions }

/** The first options, with what may be another function or object in the next render behind one that stays. */
function readThrough(first: ClientOptions, latest: Latest, tokens: TokenSource): ClientOptions {
  const headers = () => {
    const now = latest.current.headers
    return (typeof now === 'function' ? now() : now) ?? {}
  }
  const fetch: typeof globalThis.fetch = (...request) => (latest.current.fetch ?? globalThis.fetch)(...request)
  return {
    ...first,
    // Whether there are any decides whether tabs may share, so what is not given stays away.
    ...(first.headers === undefined ? {} : { headers }),
    ...(first.fetch === undefined ? {} : { fetch }),
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
    this.#listeners.add(onChange)
    return () => this.#listeners.delete(onChange)
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
  const source = typeof token === 'object' ? token : undefined
  // An inline object around a function that stays is the same source; a method of a class says nothing about that.
  const same = source && Object.hasOwn(source, 'subscribe') ? source.subscribe : source
  // biome-ignore lint/correctness/useExhaustiveDependencies: `same` stands for the source
  useEffect(() => source?.subscribe(() => tokens.push()), [tokens, same])
}
