import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { en } from '../text/en.ts'
import { fr } from '../text/fr.ts'
import { createFormat } from './format.ts'

const english = createFormat(en)
const french = createFormat(fr)
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [312, '312 ms'],
    [4_250, '4.2 s'],
    [59_999, '59 s'],
    [72_000, '1 min 12 s'],
    [3_600_000, '1 h'],
    [3_725_000, '1 h 2 min'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms reads %s', (ms, text) => {
    expect(plain(english.duration(ms))).toBe(text)
  })

  it('never shows a negative time, as after a clock was set back', () => {
    expect(plain(english.duration(-5))).toBe('0 ms')
  })
})

describe('percent', () => {
  it('shows a place where a slow run would seem to stand still', () => {
    expect(english.percent(0.4)).toBe('0.4%')
    expect(english.percent(52.9)).toBe('52%')
  })

  it('never reads 100 before 100', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 99.99999, noNaN: true }), (progress) => {
        expect(english.percent(progress)).not.toBe('100%')
      }),
    )
    expect(english.percent(100)).toBe('100%')
  })
})

describe('relative', () => {
  const now = Date.parse('2026-05-01T12:00:00.000Z')
  const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString()

  it.each([
    [2, 'just now'],
    [30, '30s ago'],
    [150, '2m ago'],
    [7300, '2h ago'],
    [200_000, '2d ago'],
  ])('%d s ago', (seconds, text) => {
    expect(plain(english.relative(ago(seconds), now))).toBe(text)
  })

  it('speaks French', () => {
    expect(plain(french.relative(ago(150), now))).toBe('il y a 2 min')
  })
})

it('groups numbers as the language does', () => {
  expect(english.number(12_345)).toBe('12,345')
  expect(plain(french.number(12_345))).toBe('12 345')
})

it('gives a range of time left without more precision than it has', () => {
  expect(plain(english.range(61_000, 172_000))).toBe('1 min – 3 min')
  expect(plain(english.range(12_000, 13_000))).toBe('15 s')
})

it('says slow rates per minute', () => {
  expect(english.rate(9.13)).toBe('9.1/s')
  expect(english.rate(0.05)).toBe('3/min')
})
