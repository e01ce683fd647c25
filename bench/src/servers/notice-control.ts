import { setTimeout as wait } from 'node:timers/promises'
import { LoopMeter } from './loop-meter.ts'

/** A server of notifications, as the benchmark drives it. */
export interface NoticeServer {
  readonly port: number
  send(user: string): Promise<unknown>
  /** Makes these users known. */
  meet(users: readonly string[]): Promise<unknown> | unknown
  /** Sends one to all, with so many bytes of data; resolves when its sender is answered. */
  broadcast(bytes: number): Promise<unknown> | unknown
  /** How many have the last one to all in their inbox. */
  reached(): Promise<number> | number
}

interface Wish {
  readonly deed: 'send' | 'meet' | 'broadcast' | 'meter' | 'read'
  readonly users: number
  readonly seconds: number
  readonly bytes: number
}

/** Does what the benchmark's process asks for, one after the other, and answers each with figures. */
export function obey(server: NoticeServer): void {
  const meter = new LoopMeter()
  const deeds: Readonly<Record<Wish['deed'], (wish: Wish) => Promise<object>>> = {
    send: (wish) => sendInProcess(server, meter, wish),
    async meet({ users }) {
      for (let n = 0; n < users; n += 1_000) {
        await server.meet(Array.from({ length: Math.min(1_000, users - n) }, (_, i) => `user-${n + i}`))
      }
      return {}
    },
    async broadcast({ users, bytes }) {
      meter.start()
      // The meter measures from its first tick on.
      await wait(20)
      const began = performance.now()
      await server.broadcast(bytes)
      const answeredMs = performance.now() - began
      while ((await server.reached()) < users) await wait(20)
      return { answeredMs, allMs: performance.now() - began }
    },
    async meter() {
      meter.start()
      return {}
    },
    read: async () => meter.stop(),
  }
  process.on('message', (wish: Wish) => void deeds[wish.deed](wish).then((answer) => process.send?.(answer)))
  process.send?.({ port: server.port })
}

/** 64 senders that each await the commit of a notification to one user. */
async function sendInProcess(server: NoticeServer, meter: LoopMeter, { users, seconds }: Wish): Promise<object> {
  let accepted = 0
  let next = 0
  let running = true
  const sender = async () => {
    while (running) {
      next += 1
      await server.send(`user-${next % users}`)
      accepted += 1
    }
  }
  const senders = Array.from({ length: 64 }, sender)
  await wait(1_000)
  meter.start()
  const before = accepted
  await wait(seconds * 1_000)
  const rate = (accepted - before) / seconds
  const loop = meter.stop()
  running = false
  await Promise.all(senders)
  return { accepted, rate, ...loop }
}
