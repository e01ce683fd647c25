import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Publishes `count` events; resolves when the server has taken them. */
export type Publish = (payloads: readonly string[]) => Promise<void> | void

const PAD = 'x'.repeat(200)

/**
 * The same publisher for every server: a closed loop in the server's process that publishes `burst` events a turn of
 * the loop, each of 200 bytes with a sequence number and the time in it. Says both ports on stdout.
 */
export async function control(port: number, publish: Publish): Promise<void> {
  let running = false
  let seq = 0
  const payload = (): string => `${seq++} ${process.hrtime.bigint()} ${PAD}`.slice(0, 200)
  const delay = monitorEventLoopDelay({ resolution: 1 })

  async function loop(burst: number): Promise<void> {
    while (running) {
      await publish(Array.from({ length: burst }, payload))
      await new Promise((resume) => setImmediate(resume))
    }
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname === '/start') {
      running = true
      delay.reset()
      delay.enable()
      void loop(Number(url.searchParams.get('burst') ?? 1))
    }
    if (url.pathname === '/stop') running = false
    if (url.pathname === '/gc') globalThis.gc?.()
    response.end(JSON.stringify({ p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6 }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.stdout.write(`${JSON.stringify({ port, control: (server.address() as AddressInfo).port })}\n`)
}
