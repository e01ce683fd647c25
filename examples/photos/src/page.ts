import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MonofilClient } from '@monofil/client'
import { type PageServer, refuse, sendFile, servePage } from '@monofil/example-page'
import { outOf } from './run-input.ts'

const RESULT = /^\/results\/([\w.:-]{1,128})\/(index\.html|inventory\.(?:csv|json)|thumbnails\/[0-9a-f]{16}\.webp)$/
// The contact sheet is one file with its code inside, and shows originals where it may.
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' file: data:; base-uri 'none'; frame-ancestors 'none'"

/** The folder of the page's build, or undefined where it was not built. */
export function findPage(): string | undefined {
  const folder = fileURLToPath(new URL('../dist/page', import.meta.url))
  return existsSync(join(folder, 'index.html')) ? folder : undefined
}

/** Serves the page over a hub, with the results of its runs, on `port` or, where that is taken, on a free one. */
export function openPage(
  client: MonofilClient,
  at: { readonly hub: string; readonly port: number; readonly dir: string },
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
  return servePage({
    ...at,
    async route(message, response, path) {
      if (message.method !== 'GET' && message.method !== 'HEAD') return false
      const [, runId, name] = RESULT.exec(path) ?? []
      if (runId === undefined || name === undefined) return false
      const folder = await resultsOf(runId)
      // The next round replaces them; a thumbnail has another address then.
      const caching = name.startsWith('thumbnails/') ? 'private, max-age=3600' : 'no-cache'
      if (folder === undefined) refuse(response, 404)
      else await sendFile(response, join(folder, name), { caching, policy: POLICY })
      return true
    },
  })
}
