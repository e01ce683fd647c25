import type { MonofilClient } from '../types.ts'
import { followClicks, type PushClick } from './clicks.ts'

export interface SubscribePush {
  /** Where the application serves `@monofil/client/service-worker.js`, on its own origin. */
  readonly serviceWorkerUrl: string | URL
  /** Pages that are its; the worker's folder when left out. */
  readonly scope?: string | undefined
  /** Whether to ask for permission where it is undecided, which browsers allow in a click only; true. */
  readonly ask?: boolean | undefined
  /** Somebody clicked on a notification: an application that routes by itself may go to the link. */
  readonly onClick?: ((click: PushClick) => void) | undefined
}

/**
 * `subscribed`; `unsupported`: not in this browser, or not on this page (https, and on iOS an installed one); `denied` by
 * the user; `undecided`: nobody asked, or was answered; `off`: the hub sends no pushes.
 */
export type PushStatus = 'subscribed' | 'unsupported' | 'denied' | 'undecided' | 'off'

/** What became of it, and the end of what listens for clicks; the subscription stays. */
export interface PushState {
  readonly status: PushStatus
  stop(): void
}

type Hub = Pick<MonofilClient, 'api'>

/**
 * Subscribes this browser to pushes for the client's user, and marks as read what is clicked. To be called in a click once,
 * and at every load with `ask: false`: a subscription that the browser or the hub's new key ended is made again.
 * Rejects with the hub's errors, and with the browser's own where its push service cannot be reached.
 */
export async function subscribePush(client: Hub, options: SubscribePush): Promise<PushState> {
  if (!isSupported()) return { status: 'unsupported', stop: () => undefined }
  const stop = followClicks(client, options.onClick)
  try {
    const status = await subscribe(client, options)
    // Asked at the load and again in a click, a page would hear of each click twice.
    if (status !== 'subscribed') stop()
    return { status, stop }
  } catch (error) {
    stop()
    throw error
  }
}

/** Ends pushes to this browser, as at a sign-out: call it while the client still has its credential. */
export async function unsubscribePush(
  client: Hub,
  { scope }: { readonly scope?: string | undefined } = {},
): Promise<void> {
  if (!isSupported()) return
  const registration = await navigator.serviceWorker.getRegistration(scope)
  const subscription = await registration?.pushManager.getSubscription()
  if (subscription) await drop(client, subscription)
}

function isSupported(): boolean {
  const page = globalThis as { readonly PushManager?: unknown; readonly Notification?: unknown }
  const isThere = page.PushManager !== undefined && page.Notification !== undefined
  return isThere && navigator.serviceWorker !== undefined
}

async function subscribe(client: Hub, { serviceWorkerUrl, scope, ask = true }: SubscribePush): Promise<PushStatus> {
  // First of all: what is awaited before it would use up the click that allows it.
  const permission = ask ? await Notification.requestPermission() : Notification.permission
  if (permission !== 'granted') return permission === 'denied' ? 'denied' : 'undecided'
  const publicKey = await keyOf(client)
  if (publicKey === undefined) return 'off'
  const registration = await navigator.serviceWorker.register(serviceWorkerUrl, scope === undefined ? {} : { scope })
  await activated(registration)
  const { pushManager } = registration
  const known = await pushManager.getSubscription()
  if (known !== null && !isWith(known, publicKey)) await drop(client, known)
  const kept = known !== null && isWith(known, publicKey) ? known : undefined
  const applicationServerKey = bytesOf(publicKey)
  const subscription = kept ?? (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }))
  // Said at each load: the hub may have forgotten it, and another user may have signed in here.
  const { endpoint, keys } = subscription.toJSON()
  await client.api.push.subscribe({ ...(endpoint && { endpoint }), ...(keys && { keys }) })
  return 'subscribed'
}

async function keyOf({ api }: Hub): Promise<string | undefined> {
  try {
    return (await api.push.key()).publicKey
  } catch (error) {
    if ((error as { code?: unknown }).code === 'not_found') return undefined
    throw error
  }
}

/** A browser refuses to subscribe before its worker is active. */
async function activated({ active, waiting, installing }: ServiceWorkerRegistration): Promise<void> {
  const worker = active ?? waiting ?? installing
  if (worker === null || worker.state === 'activated') return
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve()
      if (worker.state === 'redundant') reject(new Error('the service worker could not be installed'))
    })
  })
}

/** Ended at the browser first: what the hub still sends to it is answered 410, and forgotten there too. */
async function drop({ api }: Hub, subscription: PushSubscription): Promise<void> {
  await subscription.unsubscribe()
  await api.push.unsubscribe(subscription.endpoint)
}

function isWith({ options }: PushSubscription, publicKey: string): boolean {
  const key = options.applicationServerKey
  const wanted = bytesOf(publicKey)
  return key !== null && new Uint8Array(key).toString() === wanted.toString()
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
