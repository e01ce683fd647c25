/** Runs in the page: the same steps with the browser's EventSource and with ours. */
import { EventSource as Ours } from '@monofil/client/eventsource'

export type Who = 'native' | 'ours'

/** What to do with a source, and when enough was seen. */
export interface Steps {
  readonly url: string
  readonly withCredentials?: boolean | undefined
  /** Names beside open, message and error. */
  readonly names?: readonly string[] | undefined
  /** Events after which it is closed; it also ends when it closes by itself. */
  readonly events: number
  /** Close inside the handler of the first event of this name. */
  readonly closeAt?: string | undefined
}

export interface Outcome {
  readonly events: readonly unknown[]
  readonly state: number
  readonly url: string
  readonly withCredentials: boolean
}

declare global {
  interface Window {
    sources: Record<Who, typeof EventSource>
    runCase: (who: Who, steps: Steps) => Promise<Outcome>
  }
}

function describe(event: Event, source: EventSource): unknown {
  const { type, bubbles, cancelable } = event
  const plain = { type, bubbles, cancelable, state: source.readyState, own: event.target === source }
  if (!(event instanceof MessageEvent)) return { ...plain, kind: event.constructor.name }
  const { data, origin, lastEventId } = event
  return { ...plain, kind: 'MessageEvent', data, origin, lastEventId }
}

window.sources = { native: EventSource, ours: Ours }

window.runCase = (who, { url, withCredentials, names = [], events, closeAt }) =>
  new Promise((resolve) => {
    const source = new window.sources[who](url, { withCredentials: withCredentials ?? false })
    const seen: unknown[] = []
    const end = () => {
      const outcome = {
        events: seen,
        state: source.readyState,
        url: source.url,
        withCredentials: source.withCredentials,
      }
      source.close()
      resolve(outcome)
    }
    for (const name of ['open', 'message', 'error', ...names]) {
      source.addEventListener(name, (event: Event) => {
        if (seen.length >= events) return
        seen.push(describe(event, source))
        if (closeAt === name) source.close()
        // What else would come, comes within this time.
        if (source.readyState === 2) setTimeout(end, 100)
        else if (seen.length === events) end()
      })
    }
  })
