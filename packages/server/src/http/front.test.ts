import { connect, type Socket } from 'node:net'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.close())

interface Talk {
  readonly socket: Socket
  said(): string
  until(part: string, count?: number): Promise<void>
}

function talk(): Talk {
  const socket = connect({ host: '127.0.0.1', port: hub.server.port, noDelay: true })
  socket.on('error', () => undefined)
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString()
  })
  return {
    socket,
    said: () => text,
    async until(part, count = 1) {
      await expect.poll(() => text.split(part).length - 1, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
    },
  }
}

/** One byte a write, each in a turn of its own. */
async function dribble(socket: Socket, text: string): Promise<void> {
  for (const byte of Buffer.from(text)) {
    socket.write(Buffer.of(byte))
    await new Promise((resume) => setImmediate(resume))
  }
}

const body = JSON.stringify({ topics: [{ topic: 'a' }] })
const event = JSON.stringify({ topic: 'b', type: 't', data: 1 })
const post = (path: string, json: string, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}Content-Length: ${json.length}\r\n\r\n`

test('a stream is opened however its request is cut', async () => {
  const requests = [
    'GET /v1/stream?topics=a HTTP/1.1\r\nHost: localhost\r\n\r\n',
    `${post('/v1/stream', body)}${body}`,
    'GET /v1/stream?topics=a HTTP/1.1\r\nHost: localhost\r\nX-Odd : Node refuses this\r\n\r\n',
    'GET /v1/stream?topics=a HTTP/1.0\r\nHost: localhost\r\n\r\n',
    `${post('/v1/stream', body, 'X-Twice: 1\r\nX-Twice: 2\r\n')}${body}`,
  ]
  const answers = ['event: hello', 'event: hello', '400 Bad Request', '403 Forbidden', 'event: hello']
  for (const [index, request] of requests.entries()) {
    const whole = talk()
    whole.socket.write(request)
    const bytes = talk()
    await dribble(bytes.socket, request)
    const halves = talk()
    const middle = Math.floor(request.length / 2)
    halves.socket.write(request.slice(0, middle))
    await new Promise((resume) => setTimeout(resume, 20))
    halves.socket.write(request.slice(middle))
    for (const one of [whole, bytes, halves]) {
      await one.until(answers[index] as string)
      one.socket.destroy()
    }
  }
})

test('a connection that is no stream is kept alive and answers many requests, however they are cut', async () => {
  const one = talk()
  const request = `${post('/v1/publish', event)}${event}`
  await dribble(one.socket, request)
  await one.until('"offset":', 1)
  one.socket.write(request + request)
  await one.until('"offset":', 3)
  one.socket.write(request.slice(0, 30))
  one.socket.write(request.slice(30))
  await one.until('"offset":', 4)
  expect(one.said().split('HTTP/1.1 200 OK').length - 1).toBe(4)
  one.socket.write('GET /v1/stream?topics=b HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await one.until('event: hello')
  await hub.publish('b', 'live')
  await one.until('"data":"live"')
  // Behind a stream there can be no answer.
  const closed = new Promise((resolve) => one.socket.once('close', resolve))
  one.socket.write(request)
  await closed
  expect((await hub.store.log.bounds('b')).head).toBe(5)
})

test('an error on a bare socket is an answer and a close; bytes behind a stream are ignored', async () => {
  const refused = talk()
  const closed = new Promise((resolve) => refused.socket.once('close', resolve))
  refused.socket.write('GET /v1/stream?topics=run:none HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await closed
  expect(refused.said()).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
  expect(refused.said()).toContain('application/problem+json')
  const stream = talk()
  stream.socket.write('GET /v1/stream?topics=c HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await stream.until('event: hello')
  stream.socket.write('GET /v1/runs HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await hub.publish('c', 'still here')
  await stream.until('still here')
  expect(stream.said()).not.toContain('"items"')
  stream.socket.end()
  await expect.poll(() => hub.server.hub.connections().some((view) => view.topics.includes('c'))).toBe(false)
})

test('a client that goes away in the middle of its request leaves nothing', async () => {
  const before = hub.server.hub.connections().length
  for (let n = 0; n < 20; n += 1) {
    const one = talk()
    one.socket.write(`${post('/v1/stream', body)}${body}`.slice(0, 20 + n * 6))
    one.socket.end()
    await new Promise((resolve) => one.socket.once('close', resolve))
  }
  expect(hub.server.hub.connections().length).toBe(before)
})
