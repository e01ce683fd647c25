import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Item, Run } from '@monofil/protocol'
import type { Bus, NewRunRow, Store } from '@monofil/server'
import { type SocketServer, serveSocket } from '@monofil/server/socket'
import { openSqliteStore } from '@monofil/server/sqlite'

/** The process that owns a data folder in a test: real store, real socket, nothing in front of them. */
export interface Owner {
  readonly dir: string
  readonly bus: Bus
  store: Store
  /** Ends the owner and begins another one on the same data. */
  restart(): Promise<void>
  close(): Promise<void>
}

export interface OwnerOptions {
  readonly maxFrameBytes?: number
  /** What the socket serves in place of the store, to see what is asked of it. */
  readonly wrap?: (store: Store) => Store
}

/** Opens an owner on a new data folder; what is not of this helper goes to its socket. */
export async function openOwner(createBus: () => Bus, { wrap, ...limits }: OwnerOptions = {}): Promise<Owner> {
  const dir = await mkdtemp(join(tmpdir(), 'monofil-owner-'))
  const bus = createBus()
  let server: SocketServer
  const open = async (): Promise<Store> => {
    const store = await openSqliteStore({
      dir,
      // What is tested over it is not the disk.
      durability: 'normal',
      onCommit: (commit) => bus.publish({ kind: 'commit', commit }),
    })
    server = await serveSocket({ dir, store: wrap?.(store) ?? store, bus, ...limits })
    return store
  }
  const owner: Owner = {
    dir,
    bus,
    store: await open(),
    async restart() {
      await server.close()
      await owner.store.close()
      owner.store = await open()
    },
    async close() {
      await server.close()
      await owner.store.close()
      await rm(dir, { recursive: true })
    },
  }
  return owner
}

/** Starts a run of a registered workflow. */
export async function startRun(store: Store, id: string, workflow: string, input: unknown = null): Promise<Run> {
  const plan = await store.workflows.get(workflow)
  if (plan === undefined) throw new Error(`workflow ${workflow} is not registered`)
  const row: NewRunRow = {
    id,
    workflow,
    external: false,
    exclusive: plan.exclusive,
    steps: plan.steps,
    totals: {},
    heartbeatMs: null,
    inputJson: JSON.stringify(input),
    bodyJson: JSON.stringify({ input, workflow }),
    tags: [],
    owner: 'dev',
    roles: [],
    key: null,
    budgetJson: null,
    parentId: null,
  }
  return (await store.runs.create(row)).run
}

/** All items of a run, in order of step and index. */
export async function itemsOf(store: Store, runId: string): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await store.runs.items({ viewer: { all: true }, runId, limit: 200, cursor })
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}
