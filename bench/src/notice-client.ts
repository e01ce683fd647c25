/**
 * The pages of the benchmark of notifications, in a process of their own: streams of so many users, each over a socket of
 * its own, which count what they are given; senders over HTTP; and receipts, as pages send them for what they have shown.
 */
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { HttpLane } from './http-lane.ts'

interface Wish {
  readonly deed: 'open' | 'send' | 'seen' | 'forget'
  readonly streams: number
  readonly seconds: number
  readonly receipts: boolean
}

const port = Number(process.env['PORT'])
const sockets: Socket[] = []
/** By user: how many notifications came since `forget`. */
let came: number[] = []
let total = 0
let delays: number[] = []
/** Ids to be said shown, by user. */
const shown = new Map<number, string[]>()
let saysShown = false

function page(user: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`the stream of user ${user} ended`)))
    socket.write(
      `GET /v1/stream?topics=inbox HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nAuthorization: Bearer user-${user}\r\n\r\n`,
    )
    let rest = ''
    socket.on('data', (bytes) => {
      const text = rest + bytes.toString('latin1')
      const end = text.lastIndexOf('\n\n')
      rest = end < 0 ? text : text.slice(end + 2)
      for (const frame of end < 0 ? [] : text.slice(0, end).split('\n\n')) take(user, frame, resolve)
    })
  })
}

function take(user: number, frame: string, onReady: () => void): void {
  if (frame.includes('event: snapshot')) onReady()
  if (!frame.includes('"type":"notification"')) return
  came[user] = (came[user] ?? 0) + 1
  total += 1
  const at = /"title":"at (\d+)"/.exec(frame)?.[1]
  if (at !== undefined && delays.length < 1_000_000) delays.push(Date.now() - Number(at))
  if (!saysShown) return
  const id = /"id":"([^"]+)"/.exec(frame)?.[1]
  if (id === undefined) return
  const ids = shown.get(user)
  if (ids !== undefined) ids.push(id)
  // As the client does: what is shown within a quarter of a second is said together.
  else {
    shown.set(user, [id])
    setTimeout(() => {
      const said = shown.get(user) ?? []
      shown.delete(user)
      lanes.take((lane) => lane.post('/v1/inbox/receipts', { ids: said }, `user-${user}`))
    }, 250)
  }
}

/** Keep-alive connections for receipts; who finds none free waits. */
const lanes = {
  free: [] as HttpLane[],
  waiting: [] as ((lane: HttpLane) => Promise<unknown>)[],
  take(deed: (lane: HttpLane) => Promise<unknown>): void {
    const lane = this.free.pop()
    if (lane === undefined) this.waiting.push(deed)
    else void this.run(lane, deed)
  },
  async run(lane: HttpLane, deed: (lane: HttpLane) => Promise<unknown>): Promise<void> {
    for (let next: typeof deed | undefined = deed; next !== undefined; next = this.waiting.shift()) await next(lane)
    this.free.push(lane)
  },
}

const deeds: Readonly<Record<Wish['deed'], (wish: Wish) => Promise<object>>> = {
  async open({ streams }) {
    for (let n = 0; n < streams; n += 200) {
      await Promise.all(Array.from({ length: Math.min(200, streams - n) }, (_, i) => page(n + i)))
    }
    for (let n = 0; n < 64; n += 1) lanes.free.push(await HttpLane.open(port))
    return { streams }
  },
  async send({ streams, seconds }) {
    let accepted = 0
    let next = 0
    let running = true
    const sender = async () => {
      const lane = await HttpLane.open(port)
      while (running) {
        next += 1
        const body = {
          title: `at ${Date.now()}`,
          module: 'orders',
          data: { id: 4711 },
          to: { users: [`user-${next % streams}`] },
        }
        await lane.post('/v1/notifications', body, 'sender')
        accepted += 1
      }
      lane.close()
    }
    const senders = Array.from({ length: 64 }, sender)
    await wait(1_000)
    const before = accepted
    await wait(seconds * 1_000)
    const rate = (accepted - before) / seconds
    running = false
    await Promise.all(senders)
    return { accepted, rate }
  },
  async forget({ receipts }) {
    came = []
    total = 0
    delays = []
    saysShown = receipts
    return {}
  },
  async seen() {
    const sorted = delays.toSorted((a, b) => a - b)
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
    const each = came.filter((n) => n === 1).length
    return {
      total,
      exactlyOne: each,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
      unsaid: shown.size + lanes.waiting.length,
    }
  },
}
process.on('message', (wish: Wish) => void deeds[wish.deed](wish).then((answer) => process.send?.(answer)))
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })
