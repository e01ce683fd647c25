/** Connections that keep the hub waiting, and too many of them. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type StartHub, startHub, type TestHub } from '@monofil/testkit'
import { afterEach, describe, expect, test, vi } from 'vitest'

// Each starts hubs of its own, also on a machine that is busy with others.
vi.setConfig({ testTimeout: 60_000 })

const hubs: TestHub[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const hub of hubs.splice(0)) await hub.close()
})
async function start(options: StartHub): Promise<TestHub> {
  const hub = await startHub(options)
  hubs.push(hub)
  return hub
}

interface Talk {
  readonly socket: Socket
  readonly closed: Promise<unknown>
  said(): string
  isClosed(): boolean
}
async function talk(hub: TestHub, text = ''): Promise<Talk> {
  const socket = connect({ host: '127.0.0.1', port: hub.server.port, noDelay: true })
  sockets.push(socket)
  socket.on('error', () => undefined)
  let said = ''
  socket.on('data', (chunk) => {
    said += chunk.toString()
  })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await once(socket, 'connect')
  if (text !== '') socket.write(text)
  return { socket, closed, said: () => said, isClosed: () => socket.destroyed }
}

const SHORT = { silentMs: 600, headMs: 300, requestMs: 500, idleMs: 400, stallMs: 5_000 }
const publish = 'POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
const stream = 'POST /v1/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

describe('a connection that keeps the hub waiting', () => {
  test('with everything is closed without a word', async () => {
    const hub = await start({ timeouts: SHORT })
    const began = performance.now()
    const silent = await talk(hub)
    await silent.closed
    expect(silent.said()).toBe('')
    expect(performance.now() - began).toBeGreaterThan(SHORT.silentMs - 50)
  })

  test.each([
    ['the first line of a stream', 'GET /v1/str'],
    ['the head of a stream', 'GET /v1/stream?topics=a HTTP/1.1\r\nHost: localhost\r\nX: '],
    ['the body of a stream', `${stream}Content-Length: 40\r\n\r\n{"topics"`],
    ['a head', 'GET /v1/runs HTTP/1.1\r\nHost: loc'],
    ['a body', `${publish}Content-Length: 40\r\n\r\n{"topic":`],
    ['a body in chunks', `${publish}Transfer-Encoding: chunked\r\n\r\n5\r\n{"top`],
  ])('with %s is told so and closed', async (_, text) => {
    const hub = await start({ timeouts: SHORT })
    const slow = await talk(hub, text)
    await slow.closed
    expect(slow.said()).toMatch(/^HTTP\/1\.1 40[08] /)
  })

  test.each([
    ['of a stream', 'GET /v1/stream?topics=a HTTP/1.1\r\nHost: localhost\r\n'],
    ['', 'GET /v1/runs HTTP/1.1\r\nHost: localhost\r\n'],
  ])('by sending one header after the other %s is closed all the same', async (_, text) => {
    const hub = await start({ timeouts: SHORT })
    const slow = await talk(hub, text)
    let sent = 0
    const timer = setInterval(() => {
      sent += 1
      slow.socket.write(`X-${sent}: y\r\n`)
    }, 20)
    await slow.closed
    clearInterval(timer)
    expect(slow.said()).not.toContain('200 OK')
    expect(sent).toBeGreaterThan(5)
  })

  test('between two requests is closed; one that asks again is not', async () => {
    const hub = await start({ timeouts: SHORT })
    const busy = await talk(hub)
    const request = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
    for (let n = 1; n <= 3; n += 1) {
      busy.socket.write(request)
      await expect.poll(() => busy.said().split('200 OK').length - 1).toBe(n)
    }
    await busy.closed
    expect(busy.said().split('200 OK')).toHaveLength(4)
  })

  test('by taking nothing of its answers is destroyed; a stream with nothing to say is not', async () => {
    const hub = await start({ timeouts: { ...SHORT, stallMs: 500 } })
    await hub.call('POST', '/v1/publish', { topic: 'big', type: 't', data: 'x'.repeat(200_000) })
    const quiet = await talk(hub, 'GET /v1/stream?topics=a HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\nX-A: 2\r\n\r\n')
    await expect.poll(() => quiet.said()).toContain('event: hello')
    const deaf = await talk(hub)
    deaf.socket.pause()
    const asks = 'GET /v1/topics/big/events HTTP/1.1\r\nHost: localhost\r\n\r\n'
    deaf.socket.write(asks.repeat(200))
    const ended = new Promise((resolve) => deaf.socket.once('close', resolve))
    const resumed = setTimeout(() => deaf.socket.resume(), 2_500)
    await ended
    clearTimeout(resumed)
    expect(deaf.said().split('200 OK').length - 1).toBeLessThan(200)
    expect(quiet.isClosed()).toBe(false)
    await hub.publish('a', 'still here')
    await expect.poll(() => quiet.said()).toContain('still here')
  })
})

describe('connections of the hub', () => {
  const LIMIT = 6
  test('at their limit: the oldest that asked for nothing makes room; where all are in use the new one is closed', async () => {
    const hub = await start({ limits: { connections: LIMIT } })
    const silent = await talk(hub)
    const half = await talk(hub, 'GET /v1/str')
    const streams: Talk[] = []
    for (let n = 0; n < LIMIT; n += 1) {
      const one = await talk(hub, 'GET /v1/stream?topics=a HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await expect.poll(() => one.said()).toContain('event: hello')
      streams.push(one)
      expect(silent.isClosed()).toBe(n >= LIMIT - 2)
    }
    await half.closed
    const over = await talk(hub)
    await over.closed
    expect(over.said()).toBe('')
    expect(hub.server.hub.connections()).toHaveLength(LIMIT)
    streams[0]?.socket.destroy()
    await expect.poll(() => hub.server.hub.connections().length).toBe(LIMIT - 1)
    const again = await talk(hub, 'GET /v1/stream?topics=a HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await expect.poll(() => again.said()).toContain('event: hello')
  })
})
