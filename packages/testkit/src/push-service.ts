/// <reference path="./http-ece.d.ts" />
import { createECDH, createPublicKey, type ECDH, randomBytes, verify } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ece from 'http_ece'
import { makeCertificate } from './certificate.ts'

/** What the service says to a push: a status, with headers where some are named, or nothing for ever. */
export type PushAnswer =
  | number
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | 'hang'

/** A push that came, as the browser it is for would have it. */
export interface ReceivedPush<T = unknown> {
  readonly browser: string
  readonly message: T
  readonly bytes: number
  readonly ttl: number
  readonly topic: string
  readonly urgency: string
  readonly vapid: { readonly aud: string; readonly sub: string; readonly exp: number }
  readonly answered: PushAnswer
}

interface Browser {
  readonly key: ECDH
  readonly auth: string
  /** What it subscribed with; null: whatever comes. */
  readonly vapidKey: string | null
}

/** A push service on the loopback, over TLS: it holds the browsers' keys too, so it can read what it carries. */
export class PushService {
  readonly received: ReceivedPush<never>[] = []
  /** Trusts the service's certificate. */
  readonly agent: Agent
  readonly #server: Server
  readonly #browsers = new Map<string, Browser>()
  readonly #answers = new Map<string, PushAnswer[]>()

  private constructor(server: Server, agent: Agent) {
    this.#server = server
    this.agent = agent
    server.on('request', (request, response) => void this.#take(request, response))
  }

  static async open(): Promise<PushService> {
    const folder = await mkdtemp(join(tmpdir(), 'monofil-push-'))
    try {
      await makeCertificate(folder)
      const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name))))
      const server = createServer({ key, cert })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return new PushService(server, new Agent({ ca: cert, keepAlive: true }))
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  /** As an endpoint has it. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** A new browser's `PushSubscription`, as JSON; the same name again has new keys. */
  subscription(name: string, vapidKey: string | null = null) {
    const key = createECDH('prime256v1')
    key.generateKeys()
    const auth = randomBytes(16).toString('base64url')
    this.#browsers.set(name, { key, auth, vapidKey })
    return {
      endpoint: `https://${this.host}/${name}`,
      expirationTime: null,
      keys: { p256dh: key.getPublicKey('base64url'), auth },
    }
  }

  /** What the next pushes to this browser are answered; 201 after them. */
  answer(browser: string, ...answers: PushAnswer[]): void {
    this.#answers.set(browser, answers)
  }

  async close(): Promise<void> {
    this.agent.destroy()
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.url ?? '').slice(1)
    const browser = this.#browsers.get(name)
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const body = Buffer.concat(chunks)
    const vapid = this.#vapidOf(request)
    if (browser === undefined) return void response.writeHead(404).end()
    if (vapid === undefined || (browser.vapidKey !== null && vapid.k !== browser.vapidKey))
      return void response.writeHead(403).end()
    const answered = this.#answers.get(name)?.shift() ?? 201
    const { key: privateKey, auth: authSecret } = browser
    const message = ece.decrypt(body, { version: 'aes128gcm', privateKey, authSecret })
    const header = (of: string) => String(request.headers[of] ?? '')
    this.received.push({
      browser: name,
      message: JSON.parse(message.toString()) as never,
      bytes: message.length,
      ttl: Number(header('ttl')),
      ...{ topic: header('topic'), urgency: header('urgency'), vapid: vapid.claims, answered },
    })
    if (answered === 'hang') return
    const { status, headers } = typeof answered === 'number' ? { status: answered, headers: {} } : answered
    response.writeHead(status, headers).end('said the service')
  }

  /** RFC 8292: who sends, where its signature is good, for this service, and not for longer than a day. */
  #vapidOf(request: IncomingMessage) {
    const [, token = '', k = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(request.headers.authorization ?? '') ?? []
    const [head = '', claims = '', signature = ''] = token.split('.')
    const point = Buffer.from(k, 'base64url')
    if (point.length !== 65) return undefined
    const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    const signed = Buffer.from(`${head}.${claims}`)
    const good = verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as ReceivedPush['vapid']
    const left = said.exp - Date.now() / 1_000
    if (!good || said.aud !== `https://${this.host}` || left <= 0 || left > 86_400) return undefined
    return { k, claims: said }
  }
}
