/** better-sse as its readme shows it: one channel, every request a registered session. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createChannel, createSession } from 'better-sse'
import { control } from './control.ts'

const channel = createChannel()
const server = createServer(async (request, response) => {
  const session = await createSession(request, response)
  channel.register(session)
  for (let n = 0; n < 20; n += 1) session.push('x'.repeat(200))
})

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
await once(server, 'listening')
await control((server.address() as AddressInfo).port, (payloads) => {
  for (const payload of payloads) channel.broadcast(payload)
})
