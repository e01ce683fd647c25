import { plainText } from '@monofil/example-models'
import type { Criterion } from './projects.ts'

/** Whether a CV has what a criterion asks for, and the words that say so. */
export interface Verdict {
  readonly id: string
  readonly met: boolean
  /** Null where there is nothing to quote. */
  readonly evidence: string | null
}

/** Judges a CV by the words in it: what stands for the model where there is none. Pure. */
export function judgeOffline(text: string, criteria: readonly Criterion[]): readonly Verdict[] {
  const lines = text.split('\n')
  // What a page's width has broken in two is one again.
  const pairs = lines.slice(1).map((line, at) => `${lines[at]} ${line}`)
  const places = [...lines, ...pairs].map((place) => ({ place, plain: plainText(place) }))
  return criteria.map((criterion) => {
    const line = places.find(({ plain }) => isMet(plain, criterion))?.place
    return { id: criterion.id, met: line !== undefined, evidence: line === undefined ? null : quote(line) }
  })
}

function isMet(line: string, { terms, years }: Criterion): boolean {
  if (years !== undefined) return Math.max(0, ...yearsIn(line)) >= years
  return (terms ?? []).some((term) => hasTerm(line, term))
}

/** The years a text states: `7 years`, `12+ ans`. */
function yearsIn(line: string): number[] {
  return [...line.matchAll(/(?<!\d)(\d{1,2})\s*\+?\s*(?:years?|ans|annees)\b/g)].map(([, count]) => Number(count))
}

/** As a word of its own: `sql` is not in `mysqlx`. */
function hasTerm(line: string, term: string): boolean {
  for (let at = line.indexOf(term); at >= 0; at = line.indexOf(term, at + 1)) {
    const isWord = /[\p{L}\p{N}]/u
    if (!isWord.test(line.charAt(at - 1)) && !isWord.test(line.charAt(at + term.length))) return true
  }
  return false
}

/** As much of a line as a list can show. */
export function quote(line: string): string {
  const text = line.replace(/\s+/g, ' ').trim()
  return text.length > 160 ? `${text.slice(0, 159).trimEnd()}…` : text
}
