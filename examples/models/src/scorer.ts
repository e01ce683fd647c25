/// <reference path="./wink.d.ts" />
import bm25 from 'wink-bm25-text-search'
import { wordsOf } from './words.ts'

/** A text's likeness to what was asked for. */
export interface Scored {
  readonly id: string
  /** 0 to 100; 100 is the question itself. */
  readonly score: number
}

/**
 * Orders texts by how well they fit a question (BM25), best first, equal ones by id. Offline, and the same every time:
 * what stands for the model where there is none. `others` are texts that are not scored: they say which words are common
 * and so tell little.
 */
export function rank(
  question: string,
  texts: ReadonlyMap<string, string>,
  others: readonly string[] = [],
): readonly Scored[] {
  const engine = bm25()
  // Length is no fault: a long CV is not less about what it says.
  engine.defineConfig({ fldWeights: { text: 1 }, bm25Params: { b: 0 } })
  engine.definePrepTasks([wordsOf])
  // The question as a text of its own says what could be had at most. Its id is none that a caller can give.
  engine.addDoc({ text: question }, QUESTION)
  for (const [id, text] of texts) engine.addDoc({ text }, `${OF_CALLER}${id}`)
  for (const [at, text] of others.entries()) engine.addDoc({ text }, `other:${at}`)
  // The engine refuses fewer than three.
  for (let at = texts.size + others.length; at < 2; at += 1) engine.addDoc({ text: '' }, `empty:${at}`)
  engine.consolidate()
  const found = new Map(engine.search(question, texts.size + others.length + 3))
  const most = found.get(QUESTION) ?? 0
  return [...texts.keys()]
    .map((id) => ({ id, score: most > 0 ? percent((found.get(`${OF_CALLER}${id}`) ?? 0) / most) : 0 }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
}

const QUESTION = 'question'
const OF_CALLER = 'text:'

/** One decimal, within 0 to 100. */
function percent(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10
}
