import { connect } from 'node:net'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.close())

/** The first line of the answer. */
function ask(path: string, version: string, headers = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(hub.server.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
      if (!text.includes('\r\n')) return
      resolve(text.split('\r\n')[0] ?? '')
      socket.destroy()
    })
    socket.on('error', reject)
    const host = `Host: 127.0.0.1:${hub.server.port}\r\n`
    socket.write(`GET ${path} HTTP/${version}\r\n${host}${headers}\r\n`)
  })
}

test.each([
  ['/v1/runs', '1.1', '', 200],
  ['/v1/stream?topics=a', '1.1', '', 200],
  // What nginx sends unless it is told otherwise: the hub's own address as Host, and nothing of whom it asks for.
  ['/v1/runs', '1.0', 'Connection: close\r\n', 403],
  ['/v1/stream?topics=a', '1.0', 'Connection: close\r\n', 403],
  ['/v1/runs/none/events', '1.0', '', 403],
  ['/healthz', '1.0', '', 200],
  ['/v1/runs', '1.1', 'X-Forwarded-For: 127.0.0.1\r\n', 403],
  ['/v1/runs', '1.1', 'Forwarded: for=127.0.0.1\r\n', 403],
  ['/v1/runs', '1.1', 'Via: 1.1 x\r\n', 403],
])('without keys: %s by HTTP/%s with %j is %i', async (path, version, headers, status) => {
  expect(await ask(path, version, headers)).toContain(` ${status} `)
})
