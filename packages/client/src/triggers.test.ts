import { expect, it } from 'vitest'
import { onReturn } from './triggers.ts'

function page() {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  return Object.assign(new EventTarget(), { document })
}

it('calls back when the page is online, restored or visible again, and not after it was ended', () => {
  const window = page()
  let calls = 0
  const stop = onReturn(() => {
    calls += 1
  }, window)
  window.dispatchEvent(new Event('online'))
  window.dispatchEvent(new Event('pageshow'))
  window.document.dispatchEvent(new Event('visibilitychange'))
  expect(calls).toBe(3)
  window.document.visibilityState = 'hidden'
  window.document.dispatchEvent(new Event('visibilitychange'))
  expect(calls).toBe(3)
  stop()
  window.dispatchEvent(new Event('online'))
  window.document.visibilityState = 'visible'
  window.document.dispatchEvent(new Event('visibilitychange'))
  expect(calls).toBe(3)
})

it('does nothing where there is no page', () => {
  expect(() => onReturn(() => {}, {})()).not.toThrow()
})
