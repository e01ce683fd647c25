import { expect, it } from 'vitest'
import { failureColumns, pauseSpans } from './mark-columns.ts'
import type { Mark } from './run-tape.ts'

const mark = (kind: Mark['kind'], at: number, count = 0): Mark => ({ kind, at, count, offset: at })

it('gathers failures into columns, of which the least can still be seen', () => {
  const marks = [mark('failure', 100, 1), mark('failure', 600, 40), mark('failure', 601, 59), mark('pause', 300)]
  expect(failureColumns(marks, 100, 1100)).toEqual([
    { at: 0, height: expect.closeTo(0.3565), count: 1 },
    { at: 0.5, height: 1, count: 99 },
  ])
  expect(failureColumns([], 0, 1)).toEqual([])
})

it('knows when it was paused, by whatever ended that', () => {
  const marks = [mark('pause', 100), mark('failure', 150, 1), mark('resume', 300), mark('pause', 400)]
  expect(pauseSpans([...marks, mark('end', 500)], 0, 1000)).toEqual([
    { from: 0.1, to: 0.3 },
    { from: 0.4, to: 0.5 },
  ])
  expect(pauseSpans(marks, 0, 1000)[1]).toEqual({ from: 0.4, to: 1 })
})
