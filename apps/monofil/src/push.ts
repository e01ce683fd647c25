import { MonofilError } from '@monofil/protocol'
import type { PushSender, Store } from '@monofil/server'
import { CommandError } from './command-error.ts'
import type { Settings } from './settings/index.ts'

type Said = { readonly [K in 'pushSubject' | 'vapidPublicKey' | 'vapidPrivateKey']?: Settings[K] | undefined }

/**
 * What sends pushes, where a subject says who does.
 * @throws CommandError (exit 2) for half a pair of keys, and for what push services would refuse.
 */
export async function pushOf(
  { pushSubject: subject = '', vapidPublicKey: publicKey = '', vapidPrivateKey: privateKey = '' }: Said,
  store: Store,
): Promise<PushSender | undefined> {
  if (subject === '') return undefined
  if ((publicKey === '') !== (privateKey === '')) {
    const what = 'MONOFIL_VAPID_PUBLIC_KEY and MONOFIL_VAPID_PRIVATE_KEY come together'
    throw new CommandError(`${what}: "monofil keys --kind vapid" makes both.`, { exitCode: 2 })
  }
  // Loaded here: a hub without pushes need not wait for their code.
  const { webPushSender } = await import('@monofil/server/push')
  const keys = publicKey === '' ? undefined : { publicKey, privateKey }
  try {
    return await webPushSender({ store, subject, keys })
  } catch (cause) {
    if (!(cause instanceof MonofilError) || cause.code !== 'invalid_request') throw cause
    const setting = cause.details.field === 'subject' ? 'MONOFIL_PUSH_SUBJECT' : 'MONOFIL_VAPID_PUBLIC_KEY'
    throw new CommandError(`${setting}: ${cause.message}`, { exitCode: 2, cause })
  }
}
