import type { SubscriptionEnd } from '@monofil/client'
import { type ErrorCode, MonofilError } from '@monofil/protocol'

/** A subscription's end as an error, for who cannot go on without it. */
export function errorOfEnd(topic: string, end: Exclude<SubscriptionEnd, { reason: 'finished' }>): MonofilError {
  const code: ErrorCode = end.reason === 'denied' ? end.code : end.code === 'revoked' ? 'forbidden' : 'not_found'
  return new MonofilError(code, `Topic ${topic} cannot be followed: ${end.reason}, ${end.code}.`)
}
