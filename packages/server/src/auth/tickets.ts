import { createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Credentials, Principal, TicketCredential, TicketUse } from '../seams/auth.ts'
import type { Clock } from '../seams/system.ts'
import type { TicketStore } from '../seams/ticket-store.ts'
import { Mac } from './mac.ts'

/** How long a ticket may wait for its first use. */
const FRESH_MS = 30_000
/** Rights without an end get one in a ticket: it lies in a URL, and a URL is easily kept. */
const MAX_LIFE_MS = 24 * 3_600_000
/** Rights longer than this as JSON are kept by the store, so that a ticket fits into any URL. */
const MAX_INLINE_BYTES = 600
const TICKET = /^1\.([A-Za-z0-9_-]{20,1200})\.([A-Za-z0-9_-]{22})$/
const SIGNED_ID = /^([!-}]{1,900})~([A-Za-z0-9_-]{22})$/

/** What a ticket says: `i` its id, `u` fresh until, `e` the end of its rights, `p` those rights or `r` where they are. */
interface Ticket {
  readonly i: string
  readonly u: number
  readonly e: number
  readonly p?: Rights
  readonly r?: string
}
type Rights = Omit<Principal, 'ticket'>

export interface TicketsOptions {
  readonly store: TicketStore
  readonly clock: Clock
  /** The hub's configured secret, which the key is made from; left out: one that the store keeps. */
  readonly secret?: string | undefined
}

/**
 * Tickets: rights that are signed, for a URL, since native EventSource can send no header. Fresh for 30 s and good for
 * one stream; from then on only together with an id that was signed for this very ticket, which is in no URL and in no
 * access log.
 */
export class Tickets {
  readonly #store: TicketStore
  readonly #clock: Clock
  readonly #secret: string | undefined
  #key: Promise<Mac> | undefined = undefined

  constructor({ store, clock, secret }: TicketsOptions) {
    this.#store = store
    this.#clock = clock
    this.#secret = secret
  }

  /** Makes a ticket with this user's rights to read. @throws `store_unavailable`. */
  async issue(principal: Principal): Promise<{ readonly ticket: string; readonly expiresAtMs: number }> {
    const now = this.#clock.now()
    const ends = Math.min(principal.expiresAtMs ?? Number.POSITIVE_INFINITY, now + MAX_LIFE_MS)
    const fresh = Math.min(now + FRESH_MS, ends)
    const { ticket: _, ...rights } = principal
    // Of what one may do, a stream shows only the workflows that one may start.
    const publish = principal.publish.filter((pattern) => pattern.startsWith('workflow:'))
    const json = JSON.stringify({ ...rights, publish, expiresAtMs: ends } satisfies Rights)
    const base = { i: randomBytes(12).toString('base64url'), u: fresh, e: ends }
    const payload = Buffer.from(JSON.stringify({ ...base, ...(await this.#placed(json, ends)) })).toString('base64url')
    return { ticket: `1.${payload}.${await this.#mac('ticket', payload)}`, expiresAtMs: fresh }
  }

  /**
   * Who comes with a ticket.
   * @throws `unauthorized` for one that is none, was used, or is too old for a first use; `token_expired` when its
   * rights have ended; `store_unavailable`.
   */
  async redeem({ text, lastEventId }: TicketCredential): Promise<Principal> {
    const ticket = await this.#read(text)
    const now = this.#clock.now()
    if (now >= ticket.e)
      throw new MonofilError('token_expired', 'The rights of this ticket have ended: ask for another.')
    const lastId = await this.#unsigned(ticket.i, lastEventId)
    const isFirst = lastId === undefined && now < ticket.u
    if (lastId === undefined && !(isFirst && (await this.#store.use(ticket.i, ticket.u)))) throw notGood()
    const json = ticket.r === undefined ? undefined : await this.#store.rights(ticket.r)
    const rights = ticket.p ?? (json === undefined ? undefined : (JSON.parse(json) as Rights))
    if (rights === undefined) throw notGood()
    const key = await this.#keyOnce()
    const use: TicketUse = { id: ticket.i, sign: (id) => `${id}~${key.of(`id ${ticket.i}`, id)}` }
    return { ...rights, expiresAtMs: ticket.e, ticket: use }
  }

  async #placed(json: string, ends: number): Promise<Pick<Ticket, 'p' | 'r'>> {
    if (Buffer.byteLength(json) <= MAX_INLINE_BYTES) return { p: JSON.parse(json) as Rights }
    // By what they are: however many tickets a user takes with one token, the store has their rights once.
    const id = createHash('sha256').update(json).digest('base64url')
    await this.#store.keep(id, json, ends)
    return { r: id }
  }

  async #read(text: string): Promise<Ticket> {
    const [, payload = '', mac = ''] = TICKET.exec(text) ?? []
    if (payload === '' || !isSame(mac, await this.#mac('ticket', payload))) throw notGood()
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Ticket
  }

  async #unsigned(ticket: string, lastEventId: string | undefined): Promise<string | undefined> {
    const [, id = '', mac = ''] = SIGNED_ID.exec(lastEventId ?? '') ?? []
    return id !== '' && isSame(mac, await this.#mac(`id ${ticket}`, id)) ? id : undefined
  }

  async #mac(purpose: string, text: string): Promise<string> {
    return (await this.#keyOnce()).of(purpose, text)
  }

  #keyOnce(): Promise<Mac> {
    this.#key ??= this.#makeKey().catch((error: unknown) => {
      this.#key = undefined
      throw error
    })
    return this.#key
  }

  async #makeKey(): Promise<Mac> {
    const secret = this.#secret ?? (await this.#store.secret())
    return new Mac(Buffer.from(hkdfSync('sha256', secret, '', 'monofil tickets 1', 32)))
  }
}

/** An authenticator that also takes tickets, where there is no `Authorization` and the request is for a GET stream. */
export function withTickets(inner: Authenticator, tickets: Tickets): Authenticator {
  return {
    authenticate(credentials: Credentials) {
      const { authorization, ticket } = credentials
      if (authorization !== undefined || ticket === undefined) return inner.authenticate(credentials)
      if (ticket.isForStream) return tickets.redeem(ticket)
      throw new MonofilError('unauthorized', 'A ticket opens a GET stream and nothing else: send a token.')
    },
  }
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

// One answer for all of them: what is wrong with a ticket is nothing for whoever found it.
function notGood(): MonofilError {
  return new MonofilError('unauthorized', 'This ticket is not good, or not any more: ask for another one.')
}
