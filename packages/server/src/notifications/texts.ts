/** A notification's words in one language. `language` is empty where the sender named none. */
export interface NoticeText {
  readonly language: string
  readonly title: string | null
  readonly message: string | null
  readonly details: string | null
}

/** The words for a language: itself, its base (`fr` for `fr-CA`), else the first. */
export function textFor(texts: readonly NoticeText[], language: string | null): NoticeText {
  const wanted = language?.toLowerCase()
  const base = wanted?.split('-')[0]
  const found =
    texts.find((text) => text.language.toLowerCase() === wanted) ??
    texts.find((text) => text.language.toLowerCase() === base) ??
    texts.find((text) => base !== undefined && text.language.toLowerCase().split('-')[0] === base) ??
    texts[0]
  return found ?? { language: '', title: null, message: null, details: null }
}
