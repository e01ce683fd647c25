import { MonofilError } from '@monofil/protocol'
import { type Call, queryOf, unreachable } from './http.ts'
import { identityOf } from './identity.ts'
import type { ClientOptions, GetToken } from './options.ts'

export interface SenderOwner {
  /** A credential was pushed, or the options hold another one. */
  onPush(): void
  /** The credential is another user's than the last: what was known is not theirs to see. */
  onOtherUser(): void
}

/** Requests to one hub with this client's credential. */
export class Sender {
  readonly url: string
  readonly #owner: SenderOwner
  /** Whom the last credential spoke for, where that can be told. */
  #who: string | null = null
  /** Asked when this tab's own provider has none: another tab of the same user may. */
  borrow: ((renew: boolean) => Promise<string | undefined>) | null = null
  #options: ClientOptions
  /** What the stream was last judged by: other calls may have a newer one by now. */
  #streamToken: string | undefined
  #fresh: string | undefined
  #unsubscribe: (() => void) | undefined

  constructor(url: string, options: ClientOptions, owner: SenderOwner) {
    this.url = url
    this.#owner = owner
    this.#options = options
    this.#listen()
  }

  /** Takes newer options; another credential counts at once. */
  adopt(options: ClientOptions): void {
    const { token: before, user } = this.#options
    this.#options = options
    const { token } = options
    if (token !== before) this.#listen()
    if (user !== undefined && options.user !== user) {
      this.forget()
      this.#owner.onOtherUser()
      return
    }
    // A function is a way to a credential, not another one: it is asked when one is needed.
    const pushed = token !== before && (typeof token === 'string' || before === undefined)
    if (pushed || options.user !== user) this.#pushed()
  }

  /** Whether another credential may be had by asking. */
  get renewable(): boolean {
    return this.borrow !== null || getterOf(this.#options.token) !== undefined
  }

  close(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
  }

  /** Whose requests these are, as a key that only one user has; null when that cannot be told. */
  async identity(): Promise<string | null> {
    const { user, token, headers, fetch } = this.#options
    if (user !== undefined) return `user ${user}`
    if (fetch !== undefined || (token === undefined && headers !== undefined)) return null
    if (token === undefined) return ''
    this.#fresh = await this.#token(false)
    return identityOf(this.#fresh ?? '')
  }

  /** This tab's credential for another one that holds the stream; undefined when there is none. */
  async lend(): Promise<string | undefined> {
    // Whether it is another than the one that has ended is for the tab to tell that asks: this one used none.
    return this.#own(false).catch(() => undefined)
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
        // Also without a body: a cookie counts on what changes something only as JSON, which no form can send.
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      },
    }
    if (call.body !== undefined) init.body = JSON.stringify(call.body)
    if (call.signal) init.signal = call.signal
    try {
      const response = await fetch(this.url + route + queryOf(call.query), init)
      // Any other refusal, as of a hub that drains, says nothing of the credential.
      const isJudged = response.ok || response.status === 401
      if (call.renew !== undefined && isJudged) this.#streamToken = token
      return response
    } catch (cause) {
      throw unreachable(this.url || 'this origin', cause)
    }
  }

  async #token(renew: boolean): Promise<string | undefined> {
    const fresh = this.#fresh
    this.#fresh = undefined
    // What was just asked for, to learn who the user is, is not asked for again.
    if (fresh !== undefined && !renew) return fresh
    if (this.borrow === null) return this.#own(renew)
    try {
      return await this.#own(renew)
    } catch (error) {
      const borrowed = await this.borrow(renew)
      if (borrowed === undefined || (renew && borrowed === this.#streamToken)) throw error
      return borrowed
    }
  }

  async #own(renew: boolean): Promise<string | undefined> {
    const { token } = this.#options
    if (token === undefined) return undefined
    const given = typeof token === 'string' ? token : await getterOf(token)?.()
    // Falling back to no credential would make a signed-in user anonymous without a word.
    if (!given) throw new MonofilError('unauthorized', 'the token function gave no token: sign in, or give no function')
    if (renew && given === this.#streamToken) {
      throw new MonofilError(
        'token_expired',
        'the token function gave the token that has expired: make it fetch another',
      )
    }
    this.#noticeUser(given)
    return given
  }

  #noticeUser(token: string): void {
    const who = identityOf(token)
    const changed = who !== null && this.#who !== null && who !== this.#who
    this.#who = who ?? this.#who
    if (changed) this.#owner.onOtherUser()
  }

  /** What `identity` was told is not kept for later: another tab opens the stream. */
  forget(): void {
    this.#fresh = undefined
  }

  #pushed(): void {
    this.forget()
    this.#owner.onPush()
  }

  #listen(): void {
    this.close()
    const { token } = this.#options
    if (typeof token === 'object') this.#unsubscribe = token.subscribe(() => this.#pushed())
  }
}

function getterOf(token: ClientOptions['token']): GetToken | undefined {
  return typeof token === 'function' ? token : typeof token === 'object' ? token.get : undefined
}
