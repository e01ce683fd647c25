import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  logContract,
  noticesContract,
  type OpenedStore,
  runsContract,
  type StoreHost,
} from '@monofil/testkit/contracts'
import { createLocalBus } from '../hub/local-bus.ts'
import type { Store } from '../seams/store.ts'
import { openSqliteStore } from '../sqlite/index.ts'
import { connectSocket, serveSocket } from './index.ts'

async function openOverSocket(host: StoreHost): Promise<OpenedStore> {
  const dir = await mkdtemp(join(tmpdir(), 'monofil-socket-contract-'))
  const open = async (): Promise<{ store: Store; close(): Promise<void> }> => {
    const owned = await openSqliteStore({ dir, durability: 'normal', ...host })
    const server = await serveSocket({ dir, store: owned, bus: createLocalBus() })
    const { store } = await connectSocket({ dir })
    const close = async (): Promise<void> => {
      await store.close()
      await server.close()
      await owned.close()
    }
    return { store, close }
  }
  let opened = await open()
  return {
    store: opened.store,
    async reopen() {
      await opened.close()
      opened = await open()
      return opened.store
    },
    async close() {
      await opened.close()
      await rm(dir, { recursive: true })
    },
  }
}

logContract('SQLite over the local socket', openOverSocket)
runsContract('SQLite over the local socket', openOverSocket, { rounds: 1 })
noticesContract('SQLite over the local socket', openOverSocket, { rounds: 1 })
