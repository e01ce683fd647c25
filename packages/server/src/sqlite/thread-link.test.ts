import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { MonofilError } from '@monofil/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Commit } from '../seams/commit.ts'
import { deliverGroup } from './deliver.ts'
import type { GroupAnswer } from './group.ts'
import { startThread, ThreadLink } from './thread-link.ts'

let dir: string
let worker: Worker
let link: ThreadLink
let failures: MonofilError[]
let commits: Commit[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-link-'))
  failures = []
  commits = []
  worker = startThread('writer')
  link = new ThreadLink(worker, {
    role: 'writer',
    maxCalls: 100,
    gathers: true,
    moment: () => ({ now: 1_000, monotonic: 0 }),
    deliver: (calls, answers) =>
      deliverGroup(calls, answers as readonly GroupAnswer[], {
        epoch: 'e',
        onCommit: (commit) => commits.push(commit),
      }),
    onWarning: () => {},
    onFailure: (error) => failures.push(error),
  })
})
afterEach(async () => {
  await link.close()
  await rm(dir, { recursive: true })
})

async function open(): Promise<void> {
  const options = { path: join(dir, 'monofil.db'), ackedPath: join(dir, 'acked'), durability: 'full' as const }
  await link.open({ options, epoch: '' })
}

function append(n: number, size?: number): Promise<unknown> {
  const source = [{ topic: 't', type: 'note', dataJson: String(n) }]
  return link.call('log.append', ['t', 'note', String(n), null], { source, ...(size === undefined ? {} : { size }) })
}

describe('requests', () => {
  it('share what arrives in one turn, up to their limit, in order', async () => {
    await open()
    await Promise.all(Array.from({ length: 250 }, (_, i) => append(i)))
    expect(commits.map(({ events }) => events.length)).toEqual([100, 100, 50])
    expect(commits.flatMap(({ events }) => events.map(({ dataJson }) => Number(dataJson)))).toEqual(
      Array.from({ length: 250 }, (_, i) => i),
    )
  })

  it('carry about a megabyte; a larger call goes alone', async () => {
    await open()
    await Promise.all([append(1), append(2, 5_000_000), append(3, 600_000), append(4, 600_000)])
    expect(commits.map(({ events }) => events.map(({ dataJson }) => dataJson).join())).toEqual(['1', '2', '3', '4'])
  })

  it('refuse what is no plain data, and only that', async () => {
    await open()
    const [bad, good] = await Promise.allSettled([link.call('workflows.register', [() => {}]), append(1)])
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'internal' } })
    expect(good.status).toBe('fulfilled')
    await expect(link.call('workflows.register', [() => {}])).rejects.toMatchObject({ code: 'internal' })
    await append(2)
  })
})

describe('on a slow disk', () => {
  const SLOW = `const { parentPort } = require('node:worker_threads')
    parentPort.on('message', (message) => {
      if (message.kind === 'run') setTimeout(() => parentPort.postMessage({ kind: 'answers', answers: null }), 10)
    })`
  let sizes: number[]
  let slow: ThreadLink
  let disk: Worker
  beforeEach(() => {
    sizes = []
    disk = new Worker(SLOW, { eval: true })
    slow = new ThreadLink(disk, {
      role: 'writer',
      maxCalls: 100,
      gathers: true,
      moment: () => ({}),
      deliver(calls) {
        sizes.push(calls.length)
        for (const call of calls) call.resolve(undefined)
      },
      onWarning: () => {},
      onFailure: () => {},
    })
  })

  afterEach(async () => {
    await disk.terminate()
  })

  async function publisher(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1) await slow.call('log.append', null)
  }

  it('publishers that would take turns in two halves come to share every commit', async () => {
    const half = Array.from({ length: 4 }, () => publisher(10))
    await new Promise((resume) => setImmediate(() => setImmediate(resume)))
    await Promise.all([...half, ...Array.from({ length: 4 }, () => publisher(10))])
    expect(sizes.slice(0, 2)).toEqual([4, 8])
    expect(sizes.slice(1, 9)).toEqual(Array.from({ length: 8 }, () => 8))
  })

  it('who waits is not kept by those who do not come back', async () => {
    const once = publisher(1)
    await new Promise((resume) => setImmediate(() => setImmediate(resume)))
    await Promise.all([once, publisher(1), publisher(1)])
    expect(sizes).toEqual([1, 2])
  })
})

describe('a thread that dies', () => {
  it('rejects what waited and what comes later, and is told of once', async () => {
    await open()
    const waiting = Promise.allSettled(Array.from({ length: 150 }, (_, i) => append(i)))
    await worker.terminate()
    const results = await waiting
    expect(results.every((result) => result.status === 'rejected')).toBe(true)
    await expect(append(1)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(failures.map(({ code }) => code)).toEqual(['store_unavailable'])
  })

  it('rejects an open that fails with the reason', async () => {
    const options = {
      path: join(dir, 'nowhere', 'monofil.db'),
      ackedPath: join(dir, 'acked'),
      durability: 'full' as const,
    }
    await expect(link.open({ options, epoch: '' })).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
