import type { MonofilClient } from '../types.ts'

/** As the service worker has it. */
const CLICKED = 'monofil-push'
const PLACE = '/.monofil/clicked/'

/** A notification of the system's that somebody clicked on. */
export interface PushClick {
  readonly id: string
  readonly link: string | null
}

/**
 * Marks as read what was clicked, also while no page was open, and calls `onClick` for clicks from now on. Answers a
 * function that ends it.
 */
export function followClicks(client: Pick<MonofilClient, 'api'>, onClick?: (click: PushClick) => void): () => void {
  const worker = navigator.serviceWorker
  const hear = ({ data }: MessageEvent) => {
    if (data?.type !== 'monofil:clicked') return
    void readClicked(client)
    onClick?.({ id: data.id, link: data.link })
  }
  worker.addEventListener('message', hear)
  worker.startMessages()
  void readClicked(client)
  return () => worker.removeEventListener('message', hear)
}

/** Each is forgotten when the hub has it, or knows nothing of it; what else fails is tried with the next click or page. */
async function readClicked({ api }: Pick<MonofilClient, 'api'>): Promise<void> {
  try {
    const cache = await caches.open(CLICKED)
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url)
      if (!pathname.startsWith(PLACE)) continue
      await api.push.read(decodeURIComponent(pathname.slice(PLACE.length))).catch(forgive)
      await cache.delete(request)
    }
  } catch {
    // The hub is away, or the credential over: they stay in the cache.
  }
}

function forgive(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'not_found') throw error
}
