import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@monofil/server'
import { logContract } from '@monofil/testkit/contracts'
import { expect, it } from 'vitest'
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

it('answers a publisher also when a listener throws, and says so', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'monofil-store-'))
  const errors: unknown[] = []
  const logger = { debug() {}, info() {}, warn() {}, error: (...said: unknown[]) => errors.push(said) }
  const onCommit = (): void => {
    throw new Error('not mine')
  }
  const store = await openSqliteStore({ dir, onCommit, logger })
  const [answer] = await store.log.append([{ topic: 't', type: 'note', dataJson: '1' }])
  expect(answer?.offset).toBe(1)
  expect(errors).toEqual([[expect.stringContaining('listener'), expect.objectContaining({ error: 'Error: not mine' })]])
  await store.close()
  await rm(dir, { recursive: true })
})
