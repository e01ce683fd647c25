import type { MonofilClient } from '@monofil/client'
import type { Query } from '@tanstack/react-query'

/** What keeps one query current. */
export interface Keeper {
  readonly client: MonofilClient
  readonly topic: string
  close(): void
}

const KEY = Symbol.for('monofil.react query keepers')

type Registry = { [KEY]?: WeakMap<Query, Keeper> }

/**
 * The keeper of a query; all components with the same key share it. On `globalThis`, since a module that is loaded
 * twice would apply every event twice.
 */
export function keeperOf<K extends Keeper>(query: Query, client: MonofilClient, topic: string, make: () => K): K {
  const registry = globalThis as Registry
  registry[KEY] ??= new WeakMap()
  const known = registry[KEY].get(query)
  if (known?.client === client && known.topic === topic) return known as K
  known?.close()
  const made = make()
  registry[KEY].set(query, made)
  return made
}

/** The keeper of a query, if it has one. */
export function knownKeeper(query: Query): Keeper | undefined {
  return (globalThis as Registry)[KEY]?.get(query)
}
