/** What recording costs: frames a second of processor time through the whole client, with and without, in one process. */
import { encodeSse } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { createClient } from '../create.ts'
import { FlightRecorder } from './flight-recorder.ts'

const FRAMES = process.env['TEST_LONG'] === undefined ? 20_000 : 200_000
const ROUNDS = 5

it('is a small part of what a frame costs, and nothing piles up', async () => {
  const body = stream()
  const ratios: number[] = []
  let recorder = new FlightRecorder()
  await framesPerSecond(body, undefined)
  for (let round = 0; round < ROUNDS; round += 1) {
    recorder = new FlightRecorder()
    const without = await framesPerSecond(body, undefined)
    const recorded = await framesPerSecond(body, recorder)
    ratios.push(recorded / without)
    process.stdout.write(`frames/s without ${Math.round(without)}, recorded ${Math.round(recorded)}\n`)
  }
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
  process.stdout.write(`recorded / without: ${median.toFixed(2)}\n`)
  expect(recorder.size).toBe(2000)
  expect(recorder.export().lost).toBeGreaterThan(FRAMES - 2000)
  // The bound is loose, since other work shares the machine: what it must notice is a copy or a JSON text per frame.
  expect(median).toBeGreaterThan(0.5)
})

/** Chunks of about 64 kB, as a socket gives them. */
function stream(): readonly Uint8Array[] {
  const hello = { connection: 'c', marker: 'm', node: 'n', heartbeatMs: 15_000, expiresAt: null, denied: [] }
  const topics = [{ topic: 'orders', epoch: 'abcdefgh1234', offset: 0, recovered: null }]
  let text = encodeSse({ event: 'hello', data: JSON.stringify({ ...hello, topics }) })
  const chunks: Uint8Array[] = []
  for (let offset = 1; offset <= FRAMES; offset += 1) {
    const event = { topic: 'orders', epoch: 'abcdefgh1234', offset, type: 'changed', at: '2026-01-01T00:00:00.000Z' }
    text += encodeSse({ data: JSON.stringify({ ...event, data: { id: offset, name: 'some order', total: 12.5 } }) })
    if (text.length < 65_536) continue
    chunks.push(new TextEncoder().encode(text))
    text = ''
  }
  return [...chunks, new TextEncoder().encode(text)]
}

async function framesPerSecond(chunks: readonly Uint8Array[], recorder: FlightRecorder | undefined): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let index = 0
  const body = () =>
    new ReadableStream({
      pull(controller) {
        const chunk = chunks[index]
        index += 1
        if (chunk !== undefined) controller.enqueue(chunk)
      },
    })
  const headers = { 'content-type': 'text/event-stream' }
  const client = createClient({
    url: 'http://hub.test',
    recorder,
    fetch: async () => new Response(body(), { headers }),
  })
  const begun = process.cpuUsage()
  client.subscribe('orders', { onEvent: ({ offset }) => offset === FRAMES && resolve() })
  await promise
  // Of the processor's time, since other work shares the machine.
  const { user, system } = process.cpuUsage(begun)
  client.close()
  return FRAMES / ((user + system) / 1_000_000)
}
