import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import type { Language } from '../src/projects.ts'
import { EN, type Text } from './text-en.ts'
import { FR } from './text-fr.ts'

interface Said {
  readonly language: Language
  readonly text: Text
  readonly choose: (language: Language) => void
  /** A number, grouped as the language does. */
  readonly number: (value: number) => string
  /** A moment as day and time. */
  readonly moment: (iso: string) => string
}

const Words = createContext<Said | null>(null)
const KEY = 'matching-language'

/** The page's words in the reader's language: the chosen one, else the browser's. */
export function TextProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const said = useMemo(() => {
    const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
    const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
    return {
      language,
      text: language === 'fr' ? FR : EN,
      choose: (next: Language) => {
        keep(next)
        setLanguage(next)
      },
      number: (value: number) => whole.format(value),
      moment: (iso: string) => time.format(new Date(iso)),
    }
  }, [language])
  return <Words value={said}>{children}</Words>
}

/** The words of the page. @throws outside of a `<TextProvider>`. */
export function useText(): Said {
  const said = useContext(Words)
  if (said === null) throw new Error('useText needs a <TextProvider> above it')
  return said
}

function firstLanguage(): Language {
  try {
    const kept = localStorage.getItem(KEY)
    if (kept === 'en' || kept === 'fr') return kept
  } catch {
    // Storage may be closed to pages; the choice then lasts as long as the page.
  }
  return navigator.language.startsWith('fr') ? 'fr' : 'en'
}

function keep(language: Language): void {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // As above.
  }
}
