import { type RefObject, useInsertionEffect, useRef } from 'react'

/** The newest value for callbacks: it may be another one in every render without anything subscribing again. */
export function useLatest<T>(value: T): RefObject<T> {
  const ref = useRef(value)
  useInsertionEffect(() => {
    ref.current = value
  })
  return ref
}
