import type { ScheduleStore } from '../seams/schedule-store.ts'
import type { Threads } from './threads.ts'

/** Schedules, by way of the threads. */
export function scheduleStore(threads: Threads): ScheduleStore {
  return {
    create: (schedule) => threads.write('schedules.create', schedule, { size: schedule.inputJson.length * 2 }),
    get: (id) => threads.read('schedules.get', id),
    list: (filter) => threads.read('schedules.list', filter),
    update: (id, patch) => threads.write('schedules.update', { id, patch }),
    remove: (id) => threads.write('schedules.remove', id),
    start: (id, runId) => threads.write('schedules.start', { id, runId }),
  }
}
