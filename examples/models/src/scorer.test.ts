import { expect, test } from 'vitest'
import { rank } from './scorer.ts'
import { wordsOf } from './words.ts'

const question = 'Moves services to Kubernetes with Terraform; measures what they cost. Déploiement continu.'
const texts = {
  good: 'Six years of Kubernetes and Terraform in production. Measured costs. Déploiements continus chaque semaine.',
  some: 'Ran one Kubernetes cluster for a bakery, and baked a lot of bread in the other years.',
  none: 'Pastry cook. Croissants, brioche.',
}

test('the better a text fits, the higher it stands; nothing in common is 0', () => {
  const scored = rank(question, new Map(Object.entries(texts)))
  expect(scored.map(({ id }) => id)).toEqual(['good', 'some', 'none'])
  const [good = 0, some = 0, none] = scored.map(({ score }) => score)
  expect(good).toBeGreaterThan(some * 1.5)
  expect(some).toBeGreaterThan(0)
  expect(none).toBe(0)
  expect(rank(question, new Map(Object.entries(texts).reverse()))).toEqual(scored)
})

test('the question itself is 100, and scores stay within 0 to 100', () => {
  expect(rank(question, new Map([['same', question]]))).toEqual([{ id: 'same', score: 100 }])
  const stuffed = new Map([['stuffed', `${question} ${'Kubernetes Terraform '.repeat(50)}`]])
  expect(rank(question, stuffed)[0]?.score).toBeLessThanOrEqual(100)
})

test.each([0, 1, 2, 3])('%d texts are enough', (count) => {
  const few = new Map(Object.entries(texts).slice(0, count))
  expect(rank(question, few)).toHaveLength(count)
})

test('no words to look for, and ids that an object would trip over', () => {
  expect(rank('', new Map([['a', 'x']]))).toEqual([{ id: 'a', score: 0 }])
  const odd = new Map(['__proto__', 'question', 'empty:0', 'CV (1).pdf'].map((id) => [id, texts.good]))
  const scored = rank(question, odd)
  expect(new Set(scored.map(({ id }) => id))).toEqual(new Set(odd.keys()))
  expect(new Set(scored.map(({ score }) => score)).size).toBe(1)
})

test('words: without accents and filling words, as stems; C++ and Node.js survive', () => {
  expect(wordsOf('Les déploiements, in the Łódź cluster: C++ and C#')).toEqual(
    expect.arrayContaining(['lodz', 'cluster', 'c++', 'c#']),
  )
  expect(wordsOf('node.js')).toEqual(wordsOf('Node.js.'))
  expect(wordsOf('node.js')).toHaveLength(1)
  expect(wordsOf('deployed')).toEqual(wordsOf('Deploying'))
  expect(wordsOf('les des et the and of')).toEqual([])
})
