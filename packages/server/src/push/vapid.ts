import { createECDH } from 'node:crypto'
import { MonofilError } from '@monofil/protocol'
import type { VapidKeys } from '../seams/push-store.ts'

/** Makes a key pair for VAPID. Browsers subscribe with the public half: with another one they have to do so again. */
export function newVapidKeys(): VapidKeys {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  // A scalar with leading zeros is shorter than the 32 bytes that push libraries ask for.
  const scalar = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()]).subarray(-32)
  return { publicKey: pair.getPublicKey('base64url'), privateKey: scalar.toString('base64url') }
}

/** Refuses keys that no push service would take. @throws `invalid_request` with the field. */
export function checkVapidKeys({ publicKey, privateKey }: VapidKeys): void {
  const pair = createECDH('prime256v1')
  try {
    if (!/^[\w-]{43}$/.test(privateKey)) throw new RangeError('not 32 bytes')
    pair.setPrivateKey(privateKey, 'base64url')
  } catch {
    throw wrong('privateKey', 'is not 32 bytes in base64url, without padding')
  }
  if (pair.getPublicKey('base64url') !== publicKey) throw wrong('publicKey', 'is not the one of this private key')
}

/**
 * Refuses what push services refuse as the address of who sends (Apple answers 403 BadJwtToken, to the sender only).
 * @throws `invalid_request`.
 */
export function checkVapidSubject(subject: string): void {
  const url = URL.parse(subject)
  const isMail = url?.protocol === 'mailto:' && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(url.pathname)
  const isPage = url?.protocol === 'https:' && url.hostname.includes('.')
  if (isMail || isPage) return
  const what = `is where push services reach you: mailto:you@example.com or https://example.com, not "${subject}"`
  throw wrong('subject', what)
}

function wrong(field: string, what: string): MonofilError {
  return new MonofilError('invalid_request', `The VAPID ${field} ${what}. monofil keys --kind vapid makes keys.`, {
    field,
  })
}
