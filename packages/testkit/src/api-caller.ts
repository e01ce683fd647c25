import { expect } from 'vitest'
import type { ApiContract } from './api-contract.ts'
import type { TestHub } from './server.ts'

/** What of a request is not said by method and path. */
export interface Ask {
  /** `Bearer` whom; `boss` when left out, nobody when empty. */
  readonly as?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** Another hub of the same contract. */
  readonly on?: TestHub
}

export interface Got {
  readonly status: number
  readonly body: Record<string, unknown> & { readonly code?: string }
  readonly headers: Headers
}

/** Makes real requests of a hub, every answer of which must be one that its OpenAPI document has. */
export class ApiCaller {
  readonly hub: TestHub
  readonly contract: ApiContract
  readonly #cuts: AbortController[] = []

  constructor(hub: TestHub, contract: ApiContract) {
    this.hub = hub
    this.contract = contract
  }

  /** Streams are left open until `close`, and their bodies unread. */
  async ask(method: string, path: string, asked: Ask = {}): Promise<Got> {
    const { as = 'boss', body, headers = {}, on = this.hub } = asked
    const cut = new AbortController()
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(on.url + path, {
      method,
      redirect: 'manual',
      signal: cut.signal,
      headers: {
        ...(as === '' ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: text }),
    })
    const type = response.headers.get('content-type')
    let answered: unknown
    if (type?.startsWith('text/event-stream')) this.#cuts.push(cut)
    else {
      const received = await response.text()
      answered = type?.includes('json') ? JSON.parse(received) : received
    }
    this.contract.check({ method, path, status: response.status, type, body: answered, sent: body })
    return { status: response.status, body: answered as Got['body'], headers: response.headers }
  }

  /** The same, of which a status or, for a problem, a code is expected. */
  async expecting(expected: number | string, method: string, path: string, asked: Ask = {}): Promise<Got> {
    const got = await this.ask(method, path, asked)
    expect([method, path, typeof expected === 'number' ? got.status : got.body.code]).toEqual([method, path, expected])
    return got
  }

  close(): void {
    for (const cut of this.#cuts) cut.abort()
  }
}
