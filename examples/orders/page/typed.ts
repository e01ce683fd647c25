import { FIELDS, type OrderFields, type OrderStatus } from '../src/order.ts'

/** A form's fields as they stand in it. */
export type Typed = Readonly<Record<keyof OrderFields, string>>

export const BLANK: Typed = { customer: '', article: '', quantity: '1', unitPrice: '', status: 'new', note: '' }

/** An order's fields as a form shows them. */
export function typedOf(fields: OrderFields, language: string): Typed {
  const { quantity, unitPrice, ...words } = fields
  const price = (unitPrice / 100).toFixed(2)
  return { ...words, quantity: String(quantity), unitPrice: language === 'fr' ? price.replace('.', ',') : price }
}

const MAX_CENTS = 100_000_000

/** What was typed, as an order has it; what cannot be read is named and keeps some value. */
export function fieldsOf(typed: Typed): { readonly fields: OrderFields; readonly wrong: ReadonlySet<string> } {
  const price = /^(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(typed.unitPrice.replace(/[\s\u202f]/g, ''))
  const cents = price === null ? Number.NaN : Number(price[1]) * 100 + Number((price[2] ?? '').padEnd(2, '0'))
  const fields: OrderFields = {
    customer: typed.customer.trim(),
    article: typed.article.trim(),
    quantity: /^\d{1,4}$/.test(typed.quantity.trim()) ? Number(typed.quantity) : 0,
    unitPrice: cents <= MAX_CENTS ? cents : -1,
    status: typed.status as OrderStatus,
    note: typed.note.trim(),
  }
  const isRight: Readonly<Record<keyof OrderFields, boolean>> = {
    customer: fields.customer !== '' && fields.customer.length <= 80,
    article: fields.article !== '' && fields.article.length <= 120,
    quantity: fields.quantity > 0,
    unitPrice: fields.unitPrice >= 0,
    status: true,
    note: fields.note.length <= 500,
  }
  return { fields, wrong: new Set(FIELDS.filter((field) => !isRight[field])) }
}
