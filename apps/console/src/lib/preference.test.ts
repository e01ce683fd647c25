import { afterEach, expect, it, vi } from 'vitest'
import { createPreference } from './preference.ts'
import { applyTheme } from './theme.ts'

afterEach(() => localStorage.clear())

it('is kept, and forgotten when the system is to decide', () => {
  createPreference('p').set('dark')
  expect(createPreference('p').get()).toBe('dark')
  createPreference('p').set(null)
  expect(localStorage.getItem('p')).toBeNull()
})

it('follows another tab', () => {
  const onChange = vi.fn()
  const preference = createPreference('p', onChange)
  const stop = preference.subscribe(() => undefined)
  dispatchEvent(new StorageEvent('storage', { key: 'p', newValue: 'light' }))
  expect(preference.get()).toBe('light')
  expect(onChange).toHaveBeenCalledWith('light')
  stop()
})

it('puts only a real theme on the page', () => {
  applyTheme('dark')
  expect(document.documentElement.dataset['theme']).toBe('dark')
  applyTheme('nonsense')
  expect(document.documentElement.dataset['theme']).toBeUndefined()
})
