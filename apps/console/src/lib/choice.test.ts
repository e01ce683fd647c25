import { act, renderHook } from '@testing-library/react'
import { expect, it } from 'vitest'
import { useChoice } from './choice.ts'
import { sampleItem } from './samples.ts'

const items = Array.from({ length: 6 }, (_, index) => sampleItem({ id: `item-${index}`, index }))
const at = (index: number) => items[index] ?? sampleItem()

it('chooses one, a range, all that is shown, and keeps what a filter hides', () => {
  const { result, rerender } = renderHook(({ shown }) => useChoice(shown), { initialProps: { shown: items } })
  expect([result.current.shown, result.current.count]).toEqual(['none', 0])
  act(() => result.current.toggle(at(1), true))
  expect([result.current.ids, result.current.shown]).toEqual([['item-1'], 'some'])
  act(() => result.current.toggle(at(3), true))
  expect(result.current.ids).toEqual(['item-1', 'item-2', 'item-3'])
  act(() => result.current.toggle(at(2), false))
  expect(result.current.ids).toEqual(['item-1', 'item-3'])
  rerender({ shown: items.slice(4) })
  expect([result.current.shown, result.current.count]).toEqual(['none', 2])
  act(() => result.current.toggleShown())
  expect([result.current.shown, result.current.ids]).toEqual(['all', ['item-1', 'item-3', 'item-4', 'item-5']])
  act(() => result.current.toggleShown())
  expect(result.current.ids).toEqual(['item-1', 'item-3'])
  act(() => result.current.clear())
  expect(result.current.count).toBe(0)
})

it('items of two steps with one id are two', () => {
  const twins = [sampleItem({ step: 'a' }), sampleItem({ step: 'b' })] as const
  const { result } = renderHook(() => useChoice(twins))
  act(() => result.current.toggle(twins[0], false))
  expect([result.current.has(twins[0]), result.current.has(twins[1])]).toEqual([true, false])
})
