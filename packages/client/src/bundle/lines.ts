import { BundleError } from './bundle-error.ts'

/** How far the reading of a file is, and what stops it. */
export interface Reading {
  /** Bytes of text, unpacked, after which it is refused. */
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
  /** Told the bytes of the file taken so far, packed as they are. */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

/** The lines of a file, unpacked where it is packed. @throws BundleError `cut`, `too_large`; the signal's reason. */
export async function* linesOf(file: ReadableStream<Uint8Array>, reading: Reading): AsyncGenerator<string> {
  const { stream, isPacked } = await sniff(counted(file, reading))
  const plain = isPacked ? stream.pipeThrough(new DecompressionStream('gzip')) : stream
  const decoder = new TextDecoder()
  const reader = plain.getReader()
  let bytes = 0
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => refuse(cause, reading))
      if (done) break
      bytes += value.byteLength
      if (bytes > reading.maxBytes) {
        throw new BundleError(
          'too_large',
          `the bundle has more than ${reading.maxBytes} bytes: raise maxBytes to open it`,
        )
      }
      const parts = decoder.decode(value, { stream: true }).split('\n')
      // A long line comes in many pieces: only the last one is not whole yet.
      for (const [index, part] of parts.entries()) {
        if (index === parts.length - 1) rest += part
        else {
          yield rest + part
          rest = ''
        }
      }
    }
    if (rest !== '') yield rest
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function refuse(cause: unknown, { signal }: Reading): never {
  signal?.throwIfAborted()
  throw new BundleError('cut', 'the file ends too early or is damaged: download it again', cause)
}

function counted(
  file: ReadableStream<Uint8Array>,
  { onBytes, signal }: Reading,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let bytes = 0
  return file.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        bytes += chunk.byteLength
        onBytes?.(bytes)
        controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
      },
    }),
    signal === undefined ? {} : { signal },
  )
}

/** Browsers and proxies may have unpacked a file already: its first bytes say whether it is packed. */
async function sniff(
  file: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<{ stream: ReadableStream<Uint8Array<ArrayBuffer>>; isPacked: boolean }> {
  const reader = file.getReader()
  let first = new Uint8Array(0)
  while (first.length < 2) {
    const { done, value } = await reader.read()
    if (done) break
    const both = new Uint8Array(first.length + value.length)
    both.set(first)
    both.set(value, first.length)
    first = both
  }
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      if (first.length > 0) controller.enqueue(first)
    },
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return { stream, isPacked: first[0] === 0x1f && first[1] === 0x8b }
}
