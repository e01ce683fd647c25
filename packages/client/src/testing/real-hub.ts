// biome-ignore-all lint/style/noRestrictedImports: only tests import this, and it is not built
// biome-ignore-all lint/correctness/noUndeclaredDependencies: the same, and the server depends on nothing of ours but the protocol
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalBus, serve } from '@monofil/server'
import { openSqliteStore } from '@monofil/server/sqlite'

/** A hub with a store in a folder of its own, which a second one can take over. */
export interface RealHub {
  readonly url: string
  readonly port: number
  readonly dir: string
  drain(): Promise<void>
  /** Cuts every stream; `keep`: the folder stays, for the next hub. */
  close(options?: { readonly keep?: boolean }): Promise<void>
}

export async function startRealHub(before?: { readonly dir: string; readonly port: number }): Promise<RealHub> {
  const dir = before?.dir ?? mkdtempSync(join(tmpdir(), 'monofil-client-'))
  const bus = createLocalBus()
  const store = await openSqliteStore({ dir, onCommit: (commit) => bus.publish({ kind: 'commit', commit }) })
  const server = await serve({ store, bus, host: '127.0.0.1', port: before?.port ?? 0 })
  return {
    url: server.url,
    port: server.port,
    dir,
    drain: () => server.drain(),
    async close({ keep = false } = {}) {
      await server.close()
      await bus.close()
      await store.close()
      if (!keep) rmSync(dir, { recursive: true, force: true })
    },
  }
}
