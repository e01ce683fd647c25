import type { Schedule } from '@monofil/protocol'
import type { NewScheduleRow } from '@monofil/server'
import { RunLab, stepPlan } from './runs-lab.ts'

/** Every minute, from 2026-01-01T00:00:00Z on, which is when a lab's clock stands. */
export function newSchedule(id: string, options: Partial<NewScheduleRow> = {}): NewScheduleRow {
  const isOnce = options.at !== undefined
  return {
    id,
    workflow: 'tick',
    inputJson: '{"n":1}',
    inputSchemaJson: null,
    bodyJson: '{}',
    cron: isOnce ? null : '* * * * *',
    timezone: isOnce ? null : 'UTC',
    at: null,
    key: null,
    tags: [],
    roles: [],
    budgetJson: null,
    overlap: 'skip',
    missed: 'one',
    owner: 'alice',
    ...options,
  }
}

export const MINUTE = 60_000
export const START = Date.UTC(2026, 0, 1)

/** When so many ms of a lab's clock have gone. */
export const isoAfter = (ms: number): string => new Date(START + ms).toISOString()

/** A lab with what a test does to schedules in a word. */
export class ScheduleLab extends RunLab {
  /** A workflow that is over as soon as it begins, or one that stays open. */
  async register(options: { isOpen?: boolean; exclusive?: boolean; schema?: unknown } = {}): Promise<void> {
    const inputSchemaJson = options.schema === undefined ? null : JSON.stringify(options.schema)
    const steps = options.isOpen === true ? [stepPlan('work')] : []
    await this.store.workflows.register([
      { name: 'tick', steps, inputSchemaJson, exclusive: options.exclusive ?? false },
    ])
  }

  async make(id: string, options: Partial<NewScheduleRow> = {}): Promise<Schedule> {
    return (await this.store.schedules.create(newSchedule(id, options))).schedule
  }

  async schedule(id: string): Promise<Schedule> {
    const found = await this.store.schedules.get(id)
    if (found === undefined) throw new Error(`no schedule ${id}`)
    return found
  }

  /** Of all runs, or of a schedule's, the oldest first. */
  async runIds(id?: string): Promise<string[]> {
    const tag = id === undefined ? undefined : `schedule:${id}`
    const page = await this.store.runs.list({ viewer: { all: true }, tag, limit: 200 })
    return page.items.map((run) => run.id).reverse()
  }

  async sweepAfter(ms: number): Promise<number> {
    this.clock.advance(ms)
    return this.store.work.sweep()
  }
}
