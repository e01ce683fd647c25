import type { KpiStore } from '../seams/kpi-store.ts'
import type { Threads } from './threads.ts'

/** KPIs, by way of the threads. */
export function kpiStore(threads: Threads): KpiStore {
  return {
    set: (kpi, options) => threads.write('kpis.set', { kpi, ...options }),
    get: (name) => threads.read('kpis.get', name),
    list: (query) => threads.read('kpis.list', query),
    remove: (name) => threads.write('kpis.remove', name),
    read: (names) => threads.read('kpis.read', names),
    version: () => threads.read('kpis.version', null),
  }
}
