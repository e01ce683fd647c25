import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellOf, safeCell } from './csv-cell.ts'

// The reader of docs/EXPORTS.md.
const F = '=+\\-@\uff1d\uff0b\uff0d\uff20'
const textOf = (cell: string): string =>
  cell
    .replace(new RegExp(`^'(?='*[${F}\\t\\r\\n\\0])`), '')
    .replace(new RegExp(`([;\\t\\r\\n])'(?='*[${F}])`, 'g'), '$1')

const text = fc.string({ unit: fc.constantFrom(...'=+-@;\t\r\n\0\'" ,a1', '\uff1d', '\uff0b', '\uff0d', '\uff20') })

test('no cell, and no part of one that a wrong separator would make a cell, begins a formula; the reader gets it back', () => {
  fc.assert(
    fc.property(text, (value) => {
      const cell = safeCell(value)
      expect(cell).not.toMatch(/^[=+\-@\t\r\n\0＝＋－＠]/)
      for (const part of cell.split(/[;\t\r\n]/)) expect(part).not.toMatch(/^[=+\-@＝＋－＠]/)
      expect(textOf(cell)).toBe(value)
    }),
    { numRuns: 5_000 },
  )
})

test('what is harmless stays as it is; numbers are numbers', () => {
  for (const value of ['', 'a=b', "it's", "'quoted'", 'a;b', 'x\ny', '1', 'été – Ёж'])
    expect(safeCell(value)).toBe(value)
  expect([cellOf(-5), cellOf(null), cellOf(undefined), cellOf(true)]).toEqual([-5, null, null, 'true'])
  expect(cellOf(['=1'])).toBe('["=1"]')
  expect(cellOf('-5')).toBe("'-5")
})
