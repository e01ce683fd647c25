import { createClient, type MonofilClient } from '@monofil/client'
import type { Context } from './context.ts'

/** A client for the hub that the settings name; close it when done. */
export function openClient(context: Context): MonofilClient {
  const { url, token } = context.settings
  return createClient({ url, ...(token === '' ? {} : { token }), marker: `monofil-cli-${process.pid}` })
}

/** Runs `use` with a client and closes it, whatever happens. */
export async function withClient<T>(context: Context, use: (client: MonofilClient) => Promise<T>): Promise<T> {
  const client = openClient(context)
  try {
    return await use(client)
  } finally {
    client.close()
  }
}

/** The whole address of a run's page in the console. */
export function pageOf(client: { readonly url: string }, run: { readonly href: string }): string {
  return `${client.url.replace(/\/+$/, '')}${run.href}`
}
