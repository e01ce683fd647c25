import type { Bus, BusMessage } from '../seams/bus.ts'

/**
 * The bus of a hub that is one process: what is published reaches every listener before `publish` returns, in order,
 * so nothing is ever lost and joining needs no confirmation.
 */
export function createLocalBus(): Bus {
  const listeners = new Set<(message: BusMessage) => void>()
  const joined = Promise.resolve()
  return {
    publish(message) {
      for (const listener of listeners) listener(message)
    },
    join: () => joined,
    leave() {},
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      listeners.clear()
      return joined
    },
  }
}
