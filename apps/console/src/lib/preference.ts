/** One choice of the reader, kept in this browser; `null` is "as the system has it". */
export interface Preference {
  get(): string | null
  set(value: string | null): void
  subscribe(listener: () => void): () => void
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null // Storage can be forbidden: then choices last as long as the page.
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // As above.
  }
}

/** A preference under `key`; other tabs of this browser follow, and `onChange` runs here and there. */
export function createPreference(key: string, onChange?: (value: string | null) => void): Preference {
  let value = read(key)
  const listeners = new Set<() => void>()
  const change = (next: string | null) => {
    value = next
    onChange?.(next)
    for (const listener of [...listeners]) listener()
  }
  const onStorage = (event: StorageEvent) => {
    if (event.key === key) change(event.newValue)
  }
  return {
    get: () => value,
    set(next) {
      write(key, next)
      change(next)
    },
    subscribe(listener) {
      if (listeners.size === 0) addEventListener('storage', onStorage)
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) removeEventListener('storage', onStorage)
      }
    },
  }
}
