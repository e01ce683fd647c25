import { createSseDecoder, MonofilError, type SseMessage } from '@monofil/protocol'

/** What is needed to read a run's own stream. */
export interface RunStreamRequest {
  readonly url: string
  readonly token: string
  readonly runId: string
  readonly signal: AbortSignal
}

/**
 * Reads a run's own stream (`GET /v1/runs/{id}/events`) as curl or a native EventSource would, handing over each
 * message, until the hub ends it.
 * @throws `node_unreachable` when there is no stream or it breaks off; the signal's reason when it aborts.
 */
export async function readRunStream(
  request: RunStreamRequest,
  onMessage: (message: SseMessage) => void,
): Promise<void> {
  const address = new URL(`v1/runs/${encodeURIComponent(request.runId)}/events`, `${request.url.replace(/\/+$/, '')}/`)
  const headers = new Headers({ accept: 'text/event-stream' })
  if (request.token !== '') headers.set('authorization', `Bearer ${request.token}`)
  try {
    const response = await fetch(address, { headers, signal: request.signal })
    const type = response.headers.get('content-type') ?? ''
    if (response.status !== 200 || response.body === null || !type.startsWith('text/event-stream')) {
      const text = (await response.text()).slice(0, 500)
      throw new MonofilError('node_unreachable', `${address} answered ${response.status} ${type}: ${text}`)
    }
    const decoder = createSseDecoder({ onMessage })
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) decoder.feed(text)
  } catch (cause) {
    if (request.signal.aborted) throw request.signal.reason
    if (MonofilError.is(cause)) throw cause
    throw new MonofilError('node_unreachable', `The stream ${address} broke off.`, { cause })
  }
}
