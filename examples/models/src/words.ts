/// <reference path="./wink.d.ts" />
import nlp from 'wink-nlp-utils'

/** Lower case, without accents: `Déployé` and `deploye` are one word. */
export function plainText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replaceAll('ø', 'o')
    .replaceAll('œ', 'oe')
    .replaceAll('ß', 'ss')
}

/** What is said in every text and so says nothing of one; English is the library's. */
const FRENCH: ReadonlySet<string> = new Set(
  'le la les un une des du de d l et ou en dans par pour sur avec sans au aux ce cette ces que qui est sont sa son ses leur leurs nous vous il elle ils elles plus'.split(
    ' ',
  ),
)

/** The words of a text as they are compared: stems, without accents and without what every text says. */
export function wordsOf(text: string): string[] {
  const words = plainText(text).match(/[\p{L}\p{N}]+(?:[+#]+|[.][\p{L}\p{N}]+)*/gu) ?? []
  return nlp.tokens.stem(nlp.tokens.removeWords(words).filter((word) => !FRENCH.has(word)))
}
