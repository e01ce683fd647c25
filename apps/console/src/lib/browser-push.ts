import type { MonofilClient } from '@monofil/client'
import { type PushState, type PushStatus, subscribePush, unsubscribePush } from '@monofil/client/push'

/** The build puts it beside the console's index.html, so that its pages are the console's. */
const serviceWorkerUrl = '/console/service-worker.js'
const scope = '/console/'

/** `undecided` is also: allowed by the browser, and not asked for here. */
export type { PushStatus }

/** Subscribes again what was subscribed before; asks nobody. */
export function renewPush(client: MonofilClient): Promise<PushState> {
  return subscribePush(client, { serviceWorkerUrl, ask: false })
}

/** How it stands in this browser; `isWanted`: its user asked for pushes here. Rejects with the hub's errors. */
export async function pushStatus(client: MonofilClient, isWanted: boolean): Promise<PushStatus> {
  if (isWanted) {
    const { status, stop } = await renewPush(client)
    stop()
    return status
  }
  const page = globalThis as { readonly PushManager?: unknown; readonly Notification?: unknown }
  if (page.PushManager === undefined || page.Notification === undefined || !('serviceWorker' in navigator)) {
    return 'unsupported'
  }
  try {
    await client.api.push.key()
  } catch (error) {
    if ((error as { code?: unknown }).code === 'not_found') return 'off'
    throw error
  }
  return Notification.permission === 'denied' ? 'denied' : 'undecided'
}

/** To be called in a click: the browser asks. Rejects as `subscribePush`. */
export async function turnOnPush(client: MonofilClient): Promise<PushStatus> {
  const { status, stop } = await subscribePush(client, { serviceWorkerUrl })
  stop()
  return status
}

/** Ends pushes to this browser; also before a sign-out. */
export async function turnOffPush(client: MonofilClient): Promise<void> {
  await unsubscribePush(client, { scope })
}
