import { MonofilError } from '@monofil/protocol'
import { IntlMessageFormat } from 'intl-messageformat'
import type { NoticeText } from './texts.ts'

/** What a text may hold: ICU MessageFormat, `{n, plural, one {# order} other {# orders}}`. */
export interface TextPattern {
  readonly title?: string | undefined
  readonly message?: string | undefined
  readonly details?: string | undefined
}

/** Patterns by language; the first is for whoever asks for none of them. */
export type TextPatterns = Readonly<Record<string, TextPattern>>
/** Named texts of an application. */
export type NoticeTemplates = Readonly<Record<string, TextPatterns>>
export type TextValues = Readonly<Record<string, string | number | boolean>>

const PARTS = ['title', 'message', 'details'] as const

/**
 * Fills patterns in, in every language they have: at the sender's, so that a mistake is told to who made it.
 * @throws `invalid_request` naming the text (`texts.fr.title`) that cannot be read or misses a value, or has no words.
 */
export function fillTexts(patterns: TextPatterns, values: TextValues, field: string): readonly NoticeText[] {
  const texts = Object.entries(patterns).map(([language, pattern]): NoticeText => {
    const [title = null, message = null, details = null] = PARTS.map((part) => {
      const source = pattern[part]
      return source === undefined ? null : fill(source, { language, values, field: `${field}.${language}.${part}` })
    })
    if (title === null && message === null) throw mistake(`${field}.${language}`, 'has a title, a message, or both')
    return { language, title, message, details }
  })
  if (texts.length === 0) throw mistake(field, 'has a language at least')
  return texts
}

function fill(
  source: string,
  { language, values, field }: { readonly language: string; readonly values: TextValues; readonly field: string },
): string {
  try {
    // Markup is text here: a page shows it as it is.
    const format = new IntlMessageFormat(source, language, undefined, { ignoreTag: true })
    return String(format.format<string>({ ...values }))
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw mistake(field, why, cause)
  }
}

/** Checks templates at the start. @throws `invalid_request` naming the one that cannot be read. */
export function checkTemplates(templates: NoticeTemplates): void {
  for (const [name, patterns] of Object.entries(templates)) {
    for (const [language, pattern] of Object.entries(patterns)) {
      for (const part of PARTS) {
        const source = pattern[part]
        if (source === undefined) continue
        try {
          new IntlMessageFormat(source, language, undefined, { ignoreTag: true })
        } catch (cause) {
          throw mistake(`templates.${name}.${language}.${part}`, String(cause), cause)
        }
      }
    }
  }
}

function mistake(field: string, what: string, cause?: unknown): MonofilError {
  return new MonofilError('invalid_request', `${field}: ${what}`, { field, cause })
}
