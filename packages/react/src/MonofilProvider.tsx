import { type ClientOptions, createClient, type MonofilClient } from '@monofil/client'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react'
import { useLatest } from './use-latest.ts'

const ClientContext = createContext<MonofilClient | null>(null)

/** Either a client of the application's own, or the options to make one. */
export type MonofilProviderProps = { readonly children?: ReactNode } & (
  | { readonly client: MonofilClient }
  | ({ readonly client?: undefined } & ClientOptions)
)

/**
 * Gives every hook below it one client. Options may be inline: functions are read when they are needed, another
 * `url` makes another client, another token string replaces the stream once. Unmounting closes nothing, since
 * StrictMode unmounts what stays: without subscribers the stream ends by itself.
 */
export function MonofilProvider(props: MonofilProviderProps): ReactNode {
  const {
    children,
    client: given,
    ...options
  } = props as { children?: ReactNode; client?: MonofilClient } & ClientOptions
  const latest = useLatest(options)
  const { url, token } = options
  const anonymous = token === undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: what else changes is read through `latest`
  const made = useMemo(() => given ?? createClient(readThrough(options, latest)), [given, url, anonymous])
  const known = typeof token === 'string' ? token : undefined
  useTokenChange(made, known)
  return <ClientContext.Provider value={made}>{children}</ClientContext.Provider>
}

/** The client of the nearest provider. @throws Error outside one. */
export function useClient(): MonofilClient {
  const client = useContext(ClientContext)
  if (client === null) throw new Error('Monofil hooks need a <MonofilProvider> above them')
  return client
}

function readThrough(first: ClientOptions, latest: { readonly current: ClientOptions }): ClientOptions {
  const token = async () => {
    const now = latest.current.token
    return (typeof now === 'function' ? await now() : now) ?? ''
  }
  const headers = () => {
    const now = latest.current.headers
    return (typeof now === 'function' ? now() : now) ?? {}
  }
  return { ...first, headers, ...(first.token === undefined ? {} : { token }) }
}

function useTokenChange(client: MonofilClient, token: string | undefined): void {
  const told = useRef(token)
  useEffect(() => {
    if (told.current === token) return
    told.current = token
    // A connection that rests asks for the token when it is wanted again.
    if (client.connection.get().status !== 'idle') client.reconnect('token')
  }, [client, token])
}
