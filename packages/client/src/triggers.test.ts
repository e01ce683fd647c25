import { expect, it } from 'vitest'
import { onPage } from './triggers.ts'

function page() {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  return Object.assign(new EventTarget(), { document })
}

it('tells what happens to the page, and nothing after it was ended', () => {
  const window = page()
  const told: string[] = []
  const stop = onPage(
    {
      back: () => told.push('back'),
      leave: () => told.push('leave'),
      hide: () => told.push('hide'),
      enter: () => told.push('enter'),
    },
    window,
  )
  const fire = (target: EventTarget, type: string) => {
    told.length = 0
    target.dispatchEvent(new Event(type))
    return told.join()
  }
  expect(fire(window, 'online')).toBe('back')
  expect(fire(window, 'pagehide')).toBe('leave')
  expect(fire(window, 'pageshow')).toBe('enter,back')
  expect(fire(window.document, 'freeze')).toBe('leave')
  expect(fire(window.document, 'resume')).toBe('enter,back')
  expect(fire(window.document, 'visibilitychange')).toBe('back')
  window.document.visibilityState = 'hidden'
  expect(fire(window.document, 'visibilitychange')).toBe('hide')
  stop()
  for (const type of ['online', 'pagehide', 'pageshow']) expect(fire(window, type)).toBe('')
  for (const type of ['freeze', 'resume', 'visibilitychange']) expect(fire(window.document, type)).toBe('')
})

it('does nothing where there is no page', () => {
  expect(() => onPage({ back() {}, leave() {}, hide() {}, enter() {} }, {})()).not.toThrow()
})
