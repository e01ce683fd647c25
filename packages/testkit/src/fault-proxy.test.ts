import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FaultProxy, proxyPage } from './fault-proxy.ts'

/** A server that sends back what it is sent. */
let echo: Server
let proxy: FaultProxy
const atEcho = new Set<Socket>()

beforeEach(async () => {
  echo = createServer((socket) => {
    atEcho.add(socket)
    socket.on('close', () => atEcho.delete(socket))
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await FaultProxy.open(`http://127.0.0.1:${(echo.address() as AddressInfo).port}`)
})

afterEach(async () => {
  await proxy.close()
  for (const socket of atEcho) socket.destroy()
  echo.close()
})

interface Caller {
  readonly socket: Socket
  said: string
  end: string | undefined
}

async function call(text = ''): Promise<Caller> {
  const socket = connect(proxy.port, '127.0.0.1')
  const caller: Caller = { socket, said: '', end: undefined }
  socket.setEncoding('utf8').on('data', (chunk: string) => (caller.said += chunk))
  socket.on('error', (error: NodeJS.ErrnoException) => (caller.end = error.code))
  socket.on('end', () => (caller.end ??= 'end'))
  await once(socket, 'connect')
  if (text !== '') socket.write(text)
  return caller
}

test('counts connections and passes bytes on, also in pieces and late', async () => {
  const one = await call('one')
  await expect.poll(() => one.said).toBe('one')
  proxy.pace(50, 1)
  const began = performance.now()
  one.socket.write('äöü')
  await expect.poll(() => one.said).toBe('oneäöü')
  expect(performance.now() - began).toBeGreaterThan(95)
  await call()
  await expect.poll(() => [proxy.live, proxy.ever]).toEqual([2, 2])
  one.socket.destroy()
  await expect.poll(() => [proxy.live, proxy.ever]).toEqual([1, 2])
})

test.each([
  ['reset', 'ECONNRESET'],
  ['end', 'end'],
] as const)('cuts by %s', async (how, end) => {
  const one = await call('one')
  await expect.poll(() => one.said).toBe('one')
  proxy.cut(how)
  await expect.poll(() => one.end).toBe(end)
  await expect.poll(() => atEcho.size).toBe(0)
})

test('cuts behind the byte it was told, and says where that was', async () => {
  const one = await call()
  const cut = proxy.cutAfter(10, { direction: 'down', request: 'GET /a', how: 'end' })
  one.socket.write('GET /a HTTP/1.1\r\n\r\n')
  expect(await cut).toEqual({ direction: 'down', request: 'GET /a', place: 'head' })
  await expect.poll(() => one.end).toBe('end')
  expect(one.said).toBe('GET /a HTT')
})

test('a stalled connection is told nothing, of bytes or of the other end', async () => {
  const one = await call('one')
  await expect.poll(() => one.said).toBe('one')
  proxy.stall()
  one.socket.write('two')
  const [remote] = atEcho
  remote?.write('three')
  const other = await call('four')
  await expect.poll(() => other.said).toBe('four')
  expect([one.said, one.end]).toEqual(['one', undefined])
  one.socket.destroy()
  await expect.poll(() => proxy.live).toBe(1)
  expect(atEcho.size).toBe(2)
})

test('refuses, answers for the hub, and goes back to forwarding', async () => {
  await proxy.refuse()
  await expect(call()).rejects.toThrow('ECONNREFUSED')
  await proxy.forward()
  proxy.answerWith(proxyPage(502, 'Bad Gateway'))
  const answer = await fetch(proxy.url)
  expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('<h1>502 Bad Gateway</h1>')])
  await proxy.forward()
  const one = await call('one')
  await expect.poll(() => one.said).toBe('one')
})

test('close leaves nothing, not even the hub’s side of a stalled connection', async () => {
  const one = await call('one')
  await expect.poll(() => one.said).toBe('one')
  proxy.stall()
  one.socket.destroy()
  await expect.poll(() => proxy.live).toBe(0)
  const two = await call('two')
  await expect.poll(() => two.said).toBe('two')
  await proxy.close()
  await expect.poll(() => [atEcho.size, two.end]).toEqual([0, 'ECONNRESET'])
  await expect(call()).rejects.toThrow('ECONNREFUSED')
})
