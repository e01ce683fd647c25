import type {
  FieldFinding,
  Order,
  OrderErrorCode,
  OrderFields,
  OrdersPage,
  OrdersQuery,
  Session,
} from '../src/order.ts'
import type { Person } from '../src/people.ts'

/** Why the shop did not do it. */
export class ShopError extends Error {
  override readonly name = 'ShopError'
  /** `network`: there was no answer. */
  readonly code: OrderErrorCode | 'network'
  readonly fields: readonly FieldFinding[]
  readonly order: Order | null

  constructor(
    code: ShopError['code'],
    message: string,
    more: { fields?: readonly FieldFinding[]; order?: Order } = {},
  ) {
    super(message)
    this.code = code
    this.fields = more.fields ?? []
    this.order = more.order ?? null
  }
}

/** Who is signed in, and who could be. */
export interface SessionAnswer {
  readonly session: Session | null
  readonly people: readonly Person[]
}

export const getSession = () => call<SessionAnswer>('GET', '/api/session')
export const signInAs = (user: string) => call<SessionAnswer>('POST', '/api/session', { user })
export const signOut = () => call<SessionAnswer>('DELETE', '/api/session')

export function listOrders(query: OrdersQuery): Promise<OrdersPage> {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== '')
  return call('GET', `/api/orders?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`)
}

export const getOrder = (id: number) => call<Order>('GET', `/api/orders/${id}`)
/** The same `key` again makes no second order. */
export const createOrder = (fields: OrderFields, key: string) => call<Order>('POST', '/api/orders', { ...fields, key })
/** @throws ShopError `conflict` or `deleted` with the order as it is now. */
export const changeOrder = (id: number, version: number, fields: Partial<OrderFields>) =>
  call<Order>('PATCH', `/api/orders/${id}`, { ...fields, version })
export const deleteOrder = (id: number, version: number) => call<Order>('DELETE', `/api/orders/${id}`, { version })
export const restoreOrder = (id: number, version: number) =>
  call<Order>('POST', `/api/orders/${id}/restore`, { version })

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? { method } : { method, headers: JSON_TYPE, body: JSON.stringify(body) }
  const response = await fetch(path, init).catch(() => {
    throw new ShopError('network', 'no answer')
  })
  const answer = await response.json().catch(() => ({ code: 'network', message: `status ${response.status}` }))
  if (response.ok) return answer
  throw new ShopError(answer.code, answer.message, answer)
}

const JSON_TYPE = { 'Content-Type': 'application/json' }
