import type { RevocationStore } from '../seams/revocation-store.ts'
import type { Threads } from './threads.ts'

/** Revocations, by way of the threads. */
export function revocationStore(threads: Threads): RevocationStore {
  return {
    add: (revocation) => threads.write('revocations.add', revocation),
    list: (page) => threads.read('revocations.list', page),
    remove: (id) => threads.write('revocations.remove', id),
    now: () => threads.read('revocations.now', null),
    version: () => threads.read('revocations.version', null),
  }
}
