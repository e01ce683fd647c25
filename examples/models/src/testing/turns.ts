import type { ServerResponse } from 'node:http'
import type { Reply } from './model-server.ts'

/** Who waits on a slow reply, until they are woken. */
export class Turns {
  readonly #waiting = new Set<() => void>()
  #awake = false

  get waiting(): number {
    return this.#waiting.size
  }

  /** What a reply comes to, once it is its turn or its caller has gone. */
  async settle(reply: Reply, response: ServerResponse): Promise<Exclude<Reply, { kind: 'slow' }>> {
    if (reply.kind !== 'slow') return reply
    if (!this.#awake) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve)
        response.on('close', () => {
          this.#waiting.delete(resolve)
          resolve()
        })
      })
    }
    return this.settle(reply.later, response)
  }

  /** Who comes from now on waits again. */
  sleep(): void {
    this.#awake = false
  }

  wake(): void {
    this.#awake = true
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
