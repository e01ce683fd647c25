import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noticesContract } from '@monofil/testkit/contracts'
import { openSqliteStore } from './index.ts'

noticesContract('SQLite', async (host) => {
  const dir = await mkdtemp(join(tmpdir(), 'monofil-notices-'))
  const options = { dir, durability: 'normal', ...host } as const
  let store = await openSqliteStore(options)
  return {
    store,
    async reopen() {
      await store.close()
      store = await openSqliteStore(options)
      return store
    },
    async close() {
      await store.close()
      await rm(dir, { recursive: true })
    },
  }
})
