/** What every notice has in all of its words: its number and the revision of the words. */
export function canaryOf(no: number, revision: number): string {
  return `canary-${no}-${revision}-`
}

const CANARY = /canary-(\d+)-(\d+)-/g
/** Longer than any canary: one that is cut by the end of a chunk is found with the next. */
const OVERLAP = 40

export interface TapOwner {
  onCanary(no: number, revision: number): void
  /** An answer with the inbox was read whole; the version of its counts. */
  onList(version: number): void
}

/** A `fetch` that looks through every byte of every answer on its way to the client. */
export function tappedFetch(owner: TapOwner): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    if (response.body === null) return response
    const isList = String(input).includes('/v1/inbox?')
    const body = watched(response.body, new Watcher(owner, isList))
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers })
  }
}

class Watcher {
  readonly #owner: TapOwner
  readonly #isList: boolean
  #tail = ''
  #text = ''

  constructor(owner: TapOwner, isList: boolean) {
    this.#owner = owner
    this.#isList = isList
  }

  see(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    if (this.#isList) this.#text += chunk
    const text = this.#tail + chunk
    let done = 0
    for (const match of text.matchAll(CANARY)) {
      done = match.index + match[0].length
      this.#owner.onCanary(Number(match[1]), Number(match[2]))
    }
    this.#tail = text.slice(Math.max(done, text.length - OVERLAP))
  }

  end(): void {
    const version = /"version":(\d+)\}\}$/.exec(this.#text)?.[1]
    if (version !== undefined) this.#owner.onList(Number(version))
  }
}

function watched(body: ReadableStream<Uint8Array>, watcher: Watcher): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) {
          watcher.end()
          return controller.close()
        }
        watcher.see(value)
        controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
