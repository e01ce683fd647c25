import type { MonofilClient } from '@monofil/client'
import { type Envelope, type Item, type RunEnd, type RunState, topicOfRun } from '@monofil/protocol'
import { errorOfEnd } from './ends.ts'
import { itemKey, type Seen } from './smoke-compare.ts'

/** Keeps what one way of following a run hands over, and lets others wait for a place in it. */
export class Collector implements Seen {
  readonly states: RunState[] = []
  readonly items = new Map<string, Item>()
  readonly events: Envelope[] = []
  end: RunEnd | undefined
  readonly #waiting = new Set<() => void>()

  takeState(state: RunState): void {
    this.states.push(state)
    this.#wake()
  }

  takeItems(items: readonly Item[]): void {
    for (const item of items) {
      const known = this.items.get(itemKey(item))
      if (known === undefined || item.offset >= known.offset) this.items.set(itemKey(item), item)
    }
  }

  takeEnd(end: RunEnd): void {
    this.end = end
    this.#wake()
  }

  /** Resolves once a state at this offset or later came. @throws the signal's reason. */
  async reached(offset: number, signal: AbortSignal): Promise<void> {
    while (!this.states.some((state) => state.offset >= offset)) await this.#change(signal)
  }

  /** Resolves once the terminal event came. @throws the signal's reason. */
  async ended(signal: AbortSignal): Promise<void> {
    while (this.end === undefined) await this.#change(signal)
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const settle = (finish: () => void) => (): void => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', abort)
        finish()
      }
      const wake = settle(resolve)
      const abort = settle(() => reject(signal.reason))
      this.#waiting.add(wake)
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}

/** Takes one message of a run's own stream. */
export function takeMessage(collector: Collector, event: string, data: string): void {
  if (event === 'progress') collector.takeState(JSON.parse(data))
  else if (event === 'item') collector.takeItems(JSON.parse(data))
  else if (event === 'complete' || event === 'failed') collector.takeEnd(JSON.parse(data))
}

/** Follows a run from its first event on the client's connection; answers the function that ends it. */
export function collectTopic(
  client: MonofilClient,
  runId: string,
  collector: Collector,
  fail: (error: Error) => void,
): () => void {
  return client.subscribe(topicOfRun(runId), {
    cursor: '0',
    onEvent(event) {
      collector.events.push(event)
      if (event.type === 'item') collector.takeItems(event.data as Item[])
      else if (event.type === 'complete' || event.type === 'failed') collector.takeEnd(event.data as RunEnd)
    },
    onState: (state) => collector.takeState(state.data as RunState),
    onEnd(end) {
      if (end.reason !== 'finished') fail(errorOfEnd(topicOfRun(runId), end))
    },
  })
}
