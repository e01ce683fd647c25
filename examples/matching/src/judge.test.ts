import { connectModel } from '@monofil/example-models'
import { expect, test } from 'vitest'
import { modelFor } from './asking.ts'
import { judgeOffline, quote } from './judge.ts'
import { readRanking, shortlist } from './rerank.ts'

const says = { en: '', fr: '' }
const judge = (text: string, rule: { terms?: readonly string[]; years?: number }) =>
  judgeOffline(text, [{ id: 'one', says, ...rule }])[0]

test.each([
  ['Knows SQL.', ['sql'], true],
  ['Knows MySQLx.', ['sql'], false],
  ['Parle FRANÇAIS couramment', ['francais'], true],
  ['on-call, every night', ['on-call'], true],
  ['hydrophones and passive\nacoustic monitoring', ['passive acoustic'], true],
  ['passive\nand loud\nacoustic', ['passive acoustic'], false],
  ['', ['sql'], false],
])('%j has %j: %s', (text, terms, met) => {
  expect(judge(text, { terms })?.met).toBe(met)
})

test.each([
  ['7 years of work', 5, true],
  ['12+ ans de métier', 12, true],
  ['4 années puis 6 ans', 5, true],
  ['4 years, born 1975', 5, false],
  ['2019 years ago', 5, false],
])('%j has %d years: %s', (text, years, met) => {
  expect(judge(text, { years })?.met).toBe(met)
})

test('the evidence is the line that says it, cut where it is long', () => {
  expect(judge('One.\nTwo with SQL.\nThree.', { terms: ['sql'] })).toEqual({
    ...{ id: 'one', met: true, evidence: 'Two with SQL.' },
  })
  expect(quote(`${'word '.repeat(60)}`)).toHaveLength(160)
})

test.each([
  ['Fits.\nSCORE: 87', { fit: 87, reasons: 'Fits.' }],
  ['Two lines.\n\nMore.\n**SCORE: 5** ', { fit: 5, reasons: 'Two lines.\n\nMore.' }],
  ['Fits.\nScore: 100/100', { fit: 100, reasons: 'Fits.' }],
])('a ranking in %j', (text, found) => {
  expect(readRanking(text)).toEqual(found)
})

test.each(['Fits.', 'SCORE: 50', 'Fits.\nSCORE: 101', 'Fits.\nSCORE: high', ''])('no ranking in %j', (text) => {
  expect(() => readRanking(text)).toThrow(expect.objectContaining({ code: 'bad_answer' }))
})

test('the shortlist is the best N, in a stable order, with the best score of all', () => {
  const scored = [30, 10, 30, 20].map((score, at) => ({
    file: `${'dcba'[at]}`,
    title: '',
    passed: true,
    verdicts: [],
    score,
  }))
  expect(shortlist(scored, 3).map(({ file, best }) => `${file} ${best}`)).toEqual(['b 30', 'd 30', 'a 30'])
  expect(shortlist([], 3)).toEqual([])
})

test('a run that names a model where there is none says which setting is missing', () => {
  expect(() => modelFor(null, 'small')).toThrow(/MODEL_URL is not set/)
  const connection = connectModel({ MODEL_URL: 'http://127.0.0.1:1/v1' })
  expect(modelFor(connection, 'small')).toBe(connection)
  expect(modelFor(connection, 'offline')).toBeNull()
})
