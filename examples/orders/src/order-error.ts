import type { FieldFinding, Order, OrderErrorCode } from './order.ts'

const STATUS = { invalid: 400, unauthorized: 401, not_found: 404, conflict: 409, deleted: 409, too_large: 413 } as const

/** Why the application refuses: a code, words, and what the page needs to go on. */
export class OrderError extends Error {
  override readonly name = 'OrderError'
  readonly code: OrderErrorCode
  readonly status: number
  readonly fields: readonly FieldFinding[]
  /** With `conflict` and `deleted`: the order as it is now. */
  readonly order: Order | null

  constructor(
    code: OrderErrorCode,
    message: string,
    more: { readonly fields?: readonly FieldFinding[]; readonly order?: Order } = {},
  ) {
    super(message)
    this.code = code
    this.status = STATUS[code]
    this.fields = more.fields ?? []
    this.order = more.order ?? null
  }

  /** As it is answered. */
  toJSON(): object {
    const { code, message, fields, order } = this
    return { code, message, ...(fields.length > 0 ? { fields } : {}), ...(order === null ? {} : { order }) }
  }
}
