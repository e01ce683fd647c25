/** What many applications write by hand: a set of responses and one `res.write` for each. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { control } from './control.ts'

const responses = new Set<ServerResponse>()
const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
  response.write(replay)
  responses.add(response)
  response.on('close', () => responses.delete(response))
})
let id = 0
const replay = Array.from({ length: 20 }, (_, n) => `id: ${n}\ndata: ${'x'.repeat(200)}\n\n`).join('')

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
await once(server, 'listening')
await control((server.address() as AddressInfo).port, (payloads) => {
  for (const payload of payloads) {
    id += 1
    for (const response of responses) response.write(`id: ${id}\ndata: ${payload}\n\n`)
  }
})
