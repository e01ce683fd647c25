import { MonofilError } from '@monofil/protocol'
import { type Call, queryOf, unreachable } from './http.ts'
import type { ClientOptions } from './options.ts'

/** Requests to one hub with this client's credential. */
export class Sender {
  readonly url: string
  #options: ClientOptions
  #lastToken: string | undefined

  constructor(url: string, options: ClientOptions) {
    this.url = url
    this.#options = options
  }

  /** Takes newer options; answers whether the credential itself is another one now. */
  adopt(options: ClientOptions): boolean {
    const before = this.#options.token
    this.#options = options
    const after = options.token
    return after !== before && (typeof after === 'string' || before === undefined)
  }

  get renewable(): boolean {
    return typeof this.#options.token === 'function'
  }

  /** @throws MonofilError when there is no credential, or no answer. */
  async send(method: string, route: string, call: Call = {}): Promise<Response> {
    const { fetch = globalThis.fetch, headers } = this.#options
    const token = await this.#token(call.renew === true)
    call.signal?.throwIfAborted()
    const init: RequestInit = {
      method,
      cache: 'no-store',
      headers: {
        ...(typeof headers === 'function' ? headers() : headers),
        accept: call.accept ?? 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    }
    if (call.body !== undefined) init.body = JSON.stringify(call.body)
    if (call.signal) init.signal = call.signal
    try {
      return await fetch(this.url + route + queryOf(call.query), init)
    } catch (cause) {
      throw unreachable(this.url || 'this origin', cause)
    }
  }

  async #token(renew: boolean): Promise<string | undefined> {
    const { token } = this.#options
    if (token === undefined) return undefined
    const given = typeof token === 'string' ? token : await token()
    // Falling back to no credential would make a signed-in user anonymous without a word.
    if (!given) throw new MonofilError('unauthorized', 'the token function gave no token: sign in, or give no function')
    if (renew && given === this.#lastToken) {
      throw new MonofilError(
        'token_expired',
        'the token function gave the token that has expired: make it fetch another',
      )
    }
    this.#lastToken = given
    return given
  }
}
