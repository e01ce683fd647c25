import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Amount, Texts } from '../text/en.ts'
import type { Clock } from './clock.ts'
import type { Format } from './format.ts'
import type { Preference } from './preference.ts'

/** What every part of the console may ask for. */
export interface ConsoleValue {
  readonly t: Texts
  readonly f: Format
  readonly clock: Clock
  readonly theme: Preference
  readonly language: Preference
  /** The user who wants pushes in this browser: another one who signs in here has not asked for them. */
  readonly push: Preference
}

/** Filled by `Providers`. */
export const ConsoleContext = createContext<ConsoleValue | null>(null)

/** Texts, formatters, clock and preferences. Throws outside `Providers`. */
export function useConsole(): ConsoleValue {
  const value = useContext(ConsoleContext)
  if (value === null) throw new Error('useConsole needs <Providers> above it')
  return value
}

/** Texts and formatters in the reader's language, and `amount` to hand a count to a text. */
export function useTexts(): { readonly t: Texts; readonly f: Format; amount(count: number): Amount } {
  const { t, f } = useConsole()
  return { t, f, amount: (count) => ({ count, text: f.number(count) }) }
}

/** The time of day in whole steps (1 s), so that what shows minutes renders once a minute. */
export function useNow(stepMs = 1000): number {
  const { clock } = useConsole()
  const step = () => Math.floor(clock.now() / stepMs) * stepMs
  return useSyncExternalStore(clock.subscribe, step)
}

/** A preference's value, and how to change it. */
export function usePreference(preference: Preference): readonly [string | null, (value: string | null) => void] {
  return [useSyncExternalStore(preference.subscribe, preference.get), preference.set]
}
