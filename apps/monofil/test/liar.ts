import { once } from 'node:events'
import { createServer, request } from 'node:http'

const ONE_RUN = /^\/v1\/runs\/[^/?]+$/

/** A proxy before a hub that passes everything on, but answers every run with a progress of its own. */
export async function startLiar(hub: string): Promise<{ readonly url: string; close(): void }> {
  const target = new URL(hub)
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming
    const options = { host: target.hostname, port: target.port, method, path: url, headers }
    const forwarded = request(options, (answer) => {
      if (method !== 'GET' || !ONE_RUN.test(url)) {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
        return
      }
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => {
        outgoing.writeHead(200, { 'content-type': 'application/json' })
        outgoing.end(JSON.stringify({ ...JSON.parse(text), progress: 12.5 }))
      })
    })
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
