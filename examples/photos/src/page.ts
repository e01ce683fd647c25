import type { MonofilClient } from '@monofil/client'
import { type PageServer, servePage } from './page-server.ts'
import { outOf } from './run-input.ts'

/** Opens the page of `dir` over a hub, on `port` or, where that is taken, on a free one. */
export async function openPage(
  client: MonofilClient,
  options: { readonly hub: string; readonly port: number; readonly dir: string },
): Promise<PageServer> {
  // One look per run: a page asks for thousands of thumbnails.
  const folders = new Map<string, string>()
  const resultsOf = async (runId: string): Promise<string | undefined> => {
    const known = folders.get(runId)
    if (known !== undefined) return known
    const run = await client.api.runs.get(runId).catch(() => undefined)
    const out = run?.workflow === 'photos' ? outOf(run) : undefined
    if (out !== undefined) folders.set(runId, out)
    return out
  }
  const served = { ...options, resultsOf }
  try {
    return await servePage(served)
  } catch (error) {
    if (options.port === 0) throw error
    return servePage({ ...served, port: 0 })
  }
}
