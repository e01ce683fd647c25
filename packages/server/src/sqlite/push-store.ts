import type { PushStore } from '../seams/push-store.ts'
import type { Threads } from './threads.ts'

/** Browsers that want pushes, by way of the threads. */
export function pushStore(threads: Threads): PushStore {
  return {
    keys: () => threads.write('pushes.keys', null),
    add: (sub, address, max) => threads.write('pushes.add', { sub, address, max }),
    of: (sub) => threads.read('pushes.of', sub),
    remove: (sub, endpoint) => threads.write('pushes.remove', { sub, endpoint }),
  }
}
