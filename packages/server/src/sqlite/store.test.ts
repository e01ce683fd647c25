import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@monofil/server'
import { logContract } from '@monofil/testkit/contracts'
import { openSqliteStore } from './index.ts'

logContract('SQLite', async (host) => {
  const dir = await mkdtemp(join(tmpdir(), 'monofil-store-'))
  const open = async (): Promise<Store> => await openSqliteStore({ dir, ...host })
  let store = await open()
  return {
    store,
    async reopen() {
      await store.close()
      store = await open()
      return store
    },
    async close() {
      await store.close()
      await rm(dir, { recursive: true })
    },
  }
})
