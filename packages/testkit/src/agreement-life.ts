import { ITEM_STATUSES, isTerminal, type Report, type Run, type RunAction } from '@monofil/protocol'
import { defineLimit, defineWorkflow, RateLimited, type Workflow } from '@monofil/server/worker'
import { expect } from 'vitest'
import type { Judge } from './agreement-judge.ts'
import type { TestHub } from './server.ts'

const api = defineLimit({ name: 'api', rate: { count: 300, perMs: 1000, burst: 10 }, concurrency: 6 })

/** Work that fails, is told to wait, and takes no time or some, by chance. */
export function mixedWorkflow(random: () => number): Workflow {
  const work = async (ctx: { log(message: string): void; signal: AbortSignal }, share: number) => {
    await new Promise((resolve) => setTimeout(resolve, random() * 12))
    if (random() < 0.05) ctx.log('a line')
    if (random() < 0.02) throw new RateLimited(20)
    if (random() < share) throw new Error(`by chance ${Math.floor(random() * 3)}`)
    return { ok: true }
  }
  const retry = { retries: 2, minMs: 5, maxMs: 30 }
  return defineWorkflow({
    name: 'mixed',
    steps: (step) => [
      step('list', () => Array.from({ length: 5 + Math.floor(random() * 60) }, (_, n) => n)),
      step('load', { each: 'list', concurrency: 3, retry, limits: [api] }, (ctx) => work(ctx, 0.15)),
      step('score', { each: 'load', concurrency: 2, weight: 3, limits: [api], when: () => random() < 0.8 }, (ctx) =>
        work(ctx, 0.1),
      ),
      step('side', { after: ['list'] }, (ctx) => work(ctx, 0.1)),
      step('end', { after: ['score', 'side'] }, () => 'done'),
    ],
  })
}

export interface Life {
  readonly hub: TestHub
  readonly judge: Judge
  readonly random: () => number
}

export function pick<T>(random: () => number, among: readonly T[]): T {
  return among[Math.floor(random() * among.length)] as T
}

/** Something is asked of a run; its answer is a view like any other. 409 is an answer too. */
export async function control({ hub, judge, random }: Life, id: string): Promise<void> {
  const action = pick<RunAction>(random, ['pause', 'pause', 'resume', 'resume', 'resume', 'retry', 'retry', 'cancel'])
  if (action === 'cancel' && random() < 0.6) return
  const path = action === 'cancel' && random() < 0.5 ? 'cancel?force=true' : action
  const body = action === 'pause' ? { hard: random() < 0.5 } : {}
  const answer = await hub.call('POST', `/v1/runs/${id}/${path}`, body)
  if (answer.status === 200) judge.view(answer.body as Parameters<Judge['view']>[0])
  else expect(answer).toMatchObject({ status: 409, body: { code: 'invalid_state' } })
}

let reports = 0

/** A few reports about an external run, most of them sensible. */
export async function report({ hub, random }: Life, id: string): Promise<void> {
  const one = (): Report => {
    reports += 1
    const item = `i${Math.floor(random() * 40)}`
    const step = pick(random, ['main', 'main', 'other'])
    const chance = random()
    if (chance < 0.06) return { id: `p${reports}`, log: 'a line', usage: { tokens: 3 } }
    if (chance < 0.1) return { id: `p${reports}`, step, total: Math.floor(random() * 60) }
    if (chance < 0.11) return { id: `p${reports}`, status: pick(random, ['completed', 'failed']) }
    const status = pick(random, ITEM_STATUSES)
    return { id: `p${reports}`, step, item, status, attempt: 1 + Math.floor(random() * 3), usage: { cost: '0.01' } }
  }
  const body = { reports: Array.from({ length: 1 + Math.floor(random() * 4) }, one) }
  const answer = await hub.call('POST', `/v1/runs/${id}/reports`, body)
  if (answer.status !== 200) expect(answer).toMatchObject({ status: 409, body: { code: 'invalid_state' } })
}

/** Changes that no event of the log tells. */
export async function patch({ hub, judge, random }: Life, id: string): Promise<void> {
  const tags = [pick(random, ['a', 'b', 'c'])]
  const budget = random() < 0.5 ? null : { tokens: Math.floor(random() * 100) }
  const answer = await hub.call('PATCH', `/v1/runs/${id}`, { tags, budget })
  expect(answer.status).toBe(200)
  judge.view(answer.body as Parameters<Judge['view']>[0])
}

/** Stops a run, whatever it is doing, so that everything can be compared at a standstill: it ends, or it is paused. */
export async function rest({ hub, random }: Life, id: string): Promise<void> {
  const { body } = await hub.call<Run>('GET', `/v1/runs/${id}`)
  if (isTerminal(body.status)) return
  const how = random() < 0.5 ? ['pause', { hard: true }] : ['cancel?force=true', {}]
  const answer = await hub.call('POST', `/v1/runs/${id}/${String(how[0])}`, how[1])
  // It may have ended meanwhile.
  expect([200, 409]).toContain(answer.status)
}
