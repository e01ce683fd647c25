import type { UsageStore } from '../seams/usage-store.ts'
import type { Threads } from './threads.ts'

/** Usage, by way of the threads. */
export function usageStore(threads: Threads): UsageStore {
  return { list: (query) => threads.read('usage.list', query) }
}
