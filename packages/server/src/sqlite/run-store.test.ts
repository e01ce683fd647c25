import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runsContract } from '@monofil/testkit/contracts'
import { openSqliteStore } from './index.ts'

runsContract('SQLite', async (host) => {
  const dir = await mkdtemp(join(tmpdir(), 'monofil-ledger-'))
  let store = await openSqliteStore({ dir, ...host })
  return {
    store,
    async reopen() {
      await store.close()
      store = await openSqliteStore({ dir, ...host })
      return store
    },
    async close() {
      await store.close()
      await rm(dir, { recursive: true })
    },
  }
})
