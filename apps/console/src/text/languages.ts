import { en, type Texts } from './en.ts'
import { fr } from './fr.ts'

/** The languages of the console and how each calls itself. */
export const LANGUAGES = { en: 'English', fr: 'Français' } as const
export type Language = keyof typeof LANGUAGES

const DICTIONARIES: Readonly<Record<Language, Texts>> = { en, fr }

/** The dictionary of a language. */
export function textsOf(language: Language): Texts {
  return DICTIONARIES[language]
}

/** The first language wished for that there is; English when there is none. `chosen` is what the reader picked here. */
export function pickLanguage(chosen: string | null, wished: readonly string[]): Language {
  const candidates = [chosen ?? '', ...wished].map((tag) => tag.toLowerCase().split('-')[0])
  return candidates.find((tag): tag is Language => tag === 'en' || tag === 'fr') ?? 'en'
}
