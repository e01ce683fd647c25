import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Run } from '@monofil/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import type { Bus, BusMessage } from '../seams/bus.ts'
import type { Commit } from '../seams/commit.ts'
import type { Store } from '../seams/store.ts'
import { openSqliteStore } from '../sqlite/index.ts'
import { encodeFrame, FrameReader } from './frames.ts'
import { connectSocket, type SocketConnection, type SocketServer, serveSocket } from './index.ts'
import { SOCKET_VERSION } from './messages.ts'

const PAGE = { after: 0, limit: 100, maxBytes: 1_000_000 }

function commit(fields: Partial<Commit>): BusMessage {
  return {
    kind: 'commit',
    commit: { seq: 1, events: [], runs: [], removedRuns: [], work: false, revoked: [], ...fields },
  }
}

function logged(topic: string, offset: number): Commit['events'][number] {
  return { topic, epoch: 'epoch000', offset, type: 'note', dataJson: '"ü"', at: '2026-01-01T00:00:00.000Z' }
}

describe('the local socket', () => {
  let dir: string
  let store: Store
  let bus: Bus
  let server: SocketServer
  const open: SocketConnection[] = []

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'monofil-socket-test-'))
    bus = createLocalBus()
    store = await openSqliteStore({ dir, onCommit: (made) => bus.publish({ kind: 'commit', commit: made }) })
    server = await serveSocket({ dir, store, bus })
  })
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close()
    await server.close()
    await store.close()
    await rm(dir, { recursive: true })
  })

  async function connected(worker?: string): Promise<SocketConnection> {
    const connection = await connectSocket({ dir, ...(worker === undefined ? {} : { worker }) })
    open.push(connection)
    return connection
  }

  it('is for this user only', async () => {
    expect((await stat(server.path)).mode & 0o777).toBe(0o600)
  })

  it('serves the store: 500 calls at once, answers and errors each to its own', async () => {
    const remote = await connected()
    expect(remote.store.epoch).toBe(store.epoch)
    const appends = Array.from({ length: 500 }, (_, n) =>
      remote.store.log.append([{ topic: 't', type: 'note', dataJson: JSON.stringify({ n }) }]),
    )
    const offsets = (await Promise.all(appends)).map(([appended]) => appended?.offset)
    // Pipelined calls are made in the order they were asked for.
    expect(offsets).toEqual(Array.from({ length: 500 }, (_, n) => n + 1))
    const page = await remote.store.log.read({ topic: 't', ...PAGE, limit: 3 })
    expect(page.events.map(({ dataJson }) => dataJson)).toEqual(['{"n":0}', '{"n":1}', '{"n":2}'])
    expect(await remote.store.workflows.get('nobody')).toBeUndefined()
    await expect(remote.store.runs.remove('nobody')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('refuses a call it does not know and goes on', async () => {
    const socket = connect(server.path)
    const reader = new FrameReader()
    const frames: unknown[] = []
    socket.on('data', (chunk) => reader.push(chunk, (text) => frames.push(JSON.parse(text))))
    socket.write(encodeFrame({ kind: 'hello', version: SOCKET_VERSION, worker: null }))
    socket.write(encodeFrame({ kind: 'call', id: 1, method: 'constructor', args: [] }))
    socket.write(encodeFrame({ kind: 'call', id: 2, method: 'log.bounds', args: ['t'] }))
    await vi.waitFor(() => expect(frames).toHaveLength(3))
    expect(frames).toMatchObject([{ kind: 'hello' }, { kind: 'error', id: 1 }, { kind: 'answer', id: 2 }])
    socket.destroy()
  })

  it.each([
    ['no frame', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a call before hello', encodeFrame({ kind: 'call', id: 1, method: 'runs.active', args: [] })],
    ['no JSON', Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from('{')])],
  ])('drops a connection that sends %s, and only that one', async (_, bytes) => {
    const remote = await connected()
    const socket = connect(server.path)
    socket.write(bytes)
    await once(socket, 'close')
    expect(await remote.store.log.bounds('t')).toEqual({ oldest: 1, head: 0 })
  })

  it('refuses another version in words', async () => {
    const socket = connect(server.path)
    const reader = new FrameReader()
    const frames: { kind?: string; error?: { message: string } }[] = []
    socket.on('data', (chunk) => reader.push(chunk, (text) => frames.push(JSON.parse(text))))
    socket.write(encodeFrame({ kind: 'hello', version: 99, worker: null }))
    await once(socket, 'close')
    expect(frames).toHaveLength(1)
    expect(frames[0]?.error?.message).toMatch(/run the same version/)
  })

  it('rejects what is pending when the owner goes, and goes on with the next owner', async () => {
    const remote = await connected()
    await remote.store.log.append([{ topic: 't', type: 'note', dataJson: '1' }])
    const seen: BusMessage[] = []
    remote.bus.listen((message) => seen.push(message))
    await remote.bus.join('t')
    await server.close()
    await vi.waitFor(() =>
      expect(remote.store.log.bounds('t')).rejects.toMatchObject({ code: 'store_unavailable', retryable: true }),
    )
    server = await serveSocket({ dir, store, bus })
    await vi.waitFor(async () => expect(await remote.store.log.bounds('t')).toEqual({ oldest: 1, head: 1 }))
    await vi.waitFor(async () => {
      await store.log.append([{ topic: 't', type: 'note', dataJson: '2' }])
      expect(seen.length).toBeGreaterThan(0)
    })
  })

  it('answers what it was asked before it closes', async () => {
    const remote = await connected()
    await remote.store.log.bounds('t')
    const appended = remote.store.log.append([{ topic: 't', type: 'note', dataJson: '1' }])
    await vi.waitFor(async () => expect((await store.log.bounds('t')).head).toBe(1))
    await server.close()
    expect(await appended).toMatchObject([{ offset: 1 }])
    expect(existsSync(server.path)).toBe(false)
  })

  it('ends for good by close', async () => {
    const remote = await connected()
    const pending = remote.store.log.bounds('t')
    const closing = remote.close()
    await expect(remote.store.log.bounds('t')).rejects.toMatchObject({ code: 'store_unavailable' })
    await closing
    await remote.closed
    expect(await pending).toEqual({ oldest: 1, head: 0 })
    await expect(remote.bus.join('t')).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('says what to do when nobody runs on the folder', async () => {
    await server.close()
    await expect(connectSocket({ dir, waitMs: 50 })).rejects.toThrow(/No Monofil is running on the data folder .*start/)
    server = await serveSocket({ dir, store, bus })
  })

  it('waits for an owner that is still starting', async () => {
    await server.close()
    const connecting = connected()
    server = await serveSocket({ dir, store, bus })
    expect((await connecting).store.epoch).toBe(store.epoch)
  })

  it('replaces the socket of an owner that was killed', async () => {
    await server.close()
    const script = `require('node:net').createServer().listen(process.argv[1], () => console.log('up'))`
    const child = spawn(process.execPath, ['-e', script, server.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(server.path)).toBe(true)
    server = await serveSocket({ dir, store, bus })
    expect((await connected()).store.epoch).toBe(store.epoch)
  })

  describe('as a bus', () => {
    it('tells who listens that there is work or a lease was taken, and nothing else of a commit', async () => {
      const remote = await connected()
      const seen: BusMessage[] = []
      remote.bus.listen((message) => seen.push(message))
      await remote.store.workflows.list()
      bus.publish(commit({ seq: 6, events: [logged('t', 1)] }))
      bus.publish(commit({ seq: 7, events: [logged('t', 2)], work: true }))
      bus.publish(commit({ seq: 8, events: [logged('t', 3)], revoked: [4, 5] }))
      await vi.waitFor(() =>
        expect(seen).toEqual([commit({ seq: 7, work: true }), commit({ seq: 8, revoked: [4, 5] })]),
      )
    })

    it('tells who listens what was revoked, whatever they read', async () => {
      const remote = await connected()
      const seen: BusMessage[] = []
      remote.bus.listen((message) => seen.push(message))
      const made = await remote.store.revocations.add({
        ...{ kind: 'role', value: 'team', before: 5, keepMs: 60_000, by: 'boss' },
      })
      const told = { seq: 9, events: [logged('t', 1)], revocations: [made] }
      bus.publish(commit(told))
      await vi.waitFor(() => expect(seen).toContainEqual(commit({ ...told, events: [] })))
    })

    it('hands on what concerns joined topics, to the events and runs', async () => {
      const remote = await connected()
      const seen: BusMessage[] = []
      remote.bus.listen((message) => seen.push(message))
      await remote.bus.join('t')
      await remote.bus.join('run:a')
      const runs = [{ id: 'a' }, { id: 'b' }] as Run[]
      bus.publish(commit({ seq: 1, events: [logged('t', 1), logged('other', 1)], runs, removedRuns: ['b'] }))
      bus.publish(commit({ seq: 2, events: [logged('other', 2)] }))
      bus.publish({ kind: 'ephemeral', events: [{ topic: 't', type: 'x', dataJson: '1', at: '' }] })
      await vi.waitFor(() => expect(seen).toHaveLength(2))
      expect(seen[0]).toEqual(commit({ seq: 1, events: [logged('t', 1)], runs: runs.slice(0, 1) }))
      expect(seen[1]).toMatchObject({ kind: 'ephemeral', events: [{ topic: 't' }] })
      remote.bus.leave('t')
      await remote.bus.join('runs')
      bus.publish(commit({ seq: 3, events: [logged('t', 2)], runs, removedRuns: ['c'] }))
      await vi.waitFor(() => expect(seen).toHaveLength(3))
      expect(seen[2]).toEqual(commit({ seq: 3, runs, removedRuns: ['c'] }))
    })

    it('reaches the owner and every other process', async () => {
      const [a, b] = [await connected(), await connected()]
      const at: string[] = []
      bus.listen(() => at.push('owner'))
      b.bus.listen(() => at.push('b'))
      await b.bus.join('t')
      a.bus.publish({ kind: 'ephemeral', events: [{ topic: 't', type: 'x', dataJson: '1', at: '' }] })
      await vi.waitFor(() => expect(at.sort()).toEqual(['b', 'owner']))
    })

    it('stops when nobody listens any more', async () => {
      const remote = await connected()
      const seen: BusMessage[] = []
      const stop = remote.bus.listen((message) => seen.push(message))
      stop()
      remote.bus.listen(() => {})()
      await remote.store.workflows.list()
      bus.publish(commit({ work: true }))
      await remote.store.workflows.list()
      expect(seen).toEqual([])
    })
  })
})
