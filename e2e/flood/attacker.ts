/**
 * Floods a hub on the loopback from a process of its own: connections that say nothing, and ones that send a request a
 * byte at a time for ever. Whatever is closed is opened again. Told by its arguments: port, silent, slow.
 */
import { connect, type Socket } from 'node:net'

const [port = 0, silent = 0, slow = 0] = process.argv.slice(2).map(Number)
const AT_ONCE = 200
const DRIP_MS = 1_000
const DRIPS = [
  'GET /v1/stream?topics=a HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
  'POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
]

let opened = 0
let closed = 0
let failed = 0
const open = new Set<Socket>()
const dripping = new Set<Socket>()

function add(isSlow: boolean): void {
  const socket = connect({ host: '127.0.0.1', port })
  socket.once('connect', () => {
    opened += 1
    open.add(socket)
    if (!isSlow) return
    dripping.add(socket)
    socket.write(DRIPS[opened % DRIPS.length] as string)
  })
  socket.on('error', () => {
    failed += 1
  })
  socket.on('data', () => undefined)
  socket.once('close', () => {
    closed += 1
    open.delete(socket)
    dripping.delete(socket)
    setTimeout(() => add(isSlow), 100)
  })
}

let [leftSilent, leftSlow] = [silent, slow]
const fill = setInterval(() => {
  for (let n = 0; n < AT_ONCE && leftSilent > 0; n += 1) {
    add(false)
    leftSilent -= 1
  }
  for (let n = 0; n < AT_ONCE && leftSlow > 0; n += 1) {
    add(true)
    leftSlow -= 1
  }
  if (leftSilent + leftSlow === 0) clearInterval(fill)
}, 20)
setInterval(() => {
  for (const socket of dripping) socket.write('x')
}, DRIP_MS)
// The test may end in the middle of a report.
process.on('error', () => process.exit(0))
setInterval(() => process.send?.({ open: open.size, opened, closed, failed }), 200)
process.on('disconnect', () => process.exit(0))
