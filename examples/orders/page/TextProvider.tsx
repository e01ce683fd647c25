import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { keep, LANGUAGE_KEY, readKept } from './kept.ts'
import { EN, type Text } from './text-en.ts'
import { FR } from './text-fr.ts'

export type Language = 'en' | 'fr'

interface Said {
  readonly language: Language
  readonly text: Text
  readonly choose: (language: Language) => void
  /** A number, grouped as the language does. */
  readonly number: (value: number) => string
  /** Cents as euros. */
  readonly money: (cents: number) => string
  /** A moment as day and time. */
  readonly moment: (iso: string) => string
  /** How long ago that is. */
  readonly ago: (iso: string, now: number) => string
}

const Words = createContext<Said | null>(null)

/** The page's words in the reader's language: the chosen one, else the browser's. Tabs of a browser change together. */
export function TextProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState<Language>(() => languageOf(readKept(LANGUAGE_KEY)))
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  useEffect(() => {
    const follow = ({ key, newValue }: StorageEvent) => {
      if (key === LANGUAGE_KEY) setLanguage(languageOf(newValue))
    }
    addEventListener('storage', follow)
    return () => removeEventListener('storage', follow)
  }, [])
  const said = useMemo(() => {
    const choose = (next: Language) => {
      keep(LANGUAGE_KEY, next)
      setLanguage(next)
    }
    return { language, text: language === 'fr' ? FR : EN, choose, ...formatsOf(language) }
  }, [language])
  return <Words value={said}>{children}</Words>
}

/** The words of the page. @throws outside of a `<TextProvider>`. */
export function useText(): Said {
  const said = useContext(Words)
  if (said === null) throw new Error('useText needs a <TextProvider> above it')
  return said
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

function formatsOf(language: Language) {
  const whole = new Intl.NumberFormat(language)
  const euros = new Intl.NumberFormat(language, { style: 'currency', currency: 'EUR' })
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
  const distance = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
  return {
    number: (value: number) => whole.format(value),
    money: (cents: number) => euros.format(cents / 100),
    moment: (iso: string) => time.format(new Date(iso)),
    ago(iso: string, now: number) {
      const ms = Date.parse(iso) - now
      for (const [unit, size] of UNITS) if (-ms >= size) return distance.format(Math.trunc(ms / size), unit)
      return distance.format(0, 'second')
    },
  }
}

function languageOf(kept: string | null): Language {
  if (kept === 'en' || kept === 'fr') return kept
  return navigator.language.startsWith('fr') ? 'fr' : 'en'
}
