import { z } from 'zod'
import { run } from './answers.ts'

const count = z.int().min(0)
const at = z.iso.datetime({ precision: 3 })
const buckets = z.object({ from: at, bucketMs: z.int().min(1), buckets: count })
const ended = z.object({ completed: z.array(count), failed: z.array(count) })

const runState = run.omit({ input: true, result: true })

export const throughput = buckets.extend({ steps: z.array(ended.extend({ step: z.string() })) })

export const overview = z.object({
  at,
  runs: z.object({ queued: count, running: count, paused: count }),
  active: z.array(runState),
  queues: z.array(z.object({ workflow: z.string(), runs: count, queued: count, running: count })),
  failed: z.object({ count, runs: z.array(runState) }),
  ended: buckets.extend(ended.shape),
  connections: count.nullable(),
})
