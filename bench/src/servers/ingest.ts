/** 64 publishers that each await the commit of one event; prints events per second and the loop's delay. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openSqliteStore } from '@monofil/server/sqlite'

const SECONDS = 3
const dir = mkdtempSync(join(tmpdir(), 'monofil-bench-data-'))
const store = await openSqliteStore({ dir, onCommit: () => {} })
const dataJson = JSON.stringify('x'.repeat(200))
const delay = monitorEventLoopDelay({ resolution: 1 })
let done = 0
let counting = false
let running = true

async function publisher(number: number): Promise<void> {
  while (running) {
    await store.log.append([{ topic: `bench-${number % 8}`, type: 'm', dataJson }])
    if (counting) done += 1
  }
}

const publishers = Array.from({ length: 64 }, (_, number) => publisher(number))
await new Promise((resume) => setTimeout(resume, 1000))
counting = true
delay.enable()
await new Promise((resume) => setTimeout(resume, SECONDS * 1000))
counting = false
running = false
await Promise.all(publishers)
await store.close()
rmSync(dir, { recursive: true, force: true })
process.stdout.write(JSON.stringify({ eventsPerSecond: done / SECONDS, loopP99Ms: delay.percentile(99) / 1e6 }))
