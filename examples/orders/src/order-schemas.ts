import { z } from 'zod'
import { SORTS, STATUSES } from './order.ts'
import { OrderError } from './order-error.ts'

const line = (max: number) => {
  const words = `1 to ${max} characters on one line`
  return z
    .string(words)
    .trim()
    .min(1, words)
    .max(max, words)
    .regex(/^\P{Cc}+$/u, words)
}
const whole = (least: number, most: number) => {
  const words = `a whole number from ${least} to ${most}`
  return z.int(words).min(least, words).max(most, words)
}

const fields = {
  customer: line(80),
  article: line(120),
  quantity: whole(1, 9_999),
  unitPrice: z.int('whole cents').min(0, '0 or more cents').max(100_000_000, 'at most 100,000,000 cents'),
  status: z.enum(STATUSES, `one of ${STATUSES.join(', ')}`),
  note: z.string('text').trim().max(500, 'at most 500 characters'),
}
const version = whole(1, 2_147_483_647)

/** Body of `POST /api/orders`. With a `key` that was used, the order that it made is answered and none is made. */
export const newOrder = z.strictObject({
  ...fields,
  status: fields.status.default('new'),
  note: fields.note.default(''),
  key: z.uuid('a UUID').optional(),
})
export type NewOrder = z.infer<typeof newOrder>

/** Body of `PATCH /api/orders/{id}`: what is left out stays; `version` is the one that was looked at. */
export const patchOrder = z.strictObject({ ...z.object(fields).partial().shape, version })

/** Body of `DELETE /api/orders/{id}` and of a restore. */
export const versionOnly = z.strictObject({ version })

/** Body of `POST /api/session`. */
export const signIn = z.strictObject({ user: z.string('the id of one of the people') })

const number = (least: number, most: number) => z.coerce.number().pipe(whole(least, most))

/** Query of `GET /api/orders`. */
export const ordersQuery = z.strictObject({
  search: z.string().trim().max(100, 'at most 100 characters').default(''),
  status: fields.status.nullable().default(null),
  sort: z.enum(SORTS, `one of ${SORTS.join(', ')}`).default('id'),
  direction: z.enum(['asc', 'desc'], 'asc or desc').default('desc'),
  page: number(1, 1_000_000).default(1),
  size: number(1, 100).default(25),
  until: number(0, Number.MAX_SAFE_INTEGER).nullable().default(null),
})

/** What a value means. @throws OrderError `invalid` with each field that is wrong, and what it takes. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const found = new Map<string, string>()
  for (const issue of result.error.issues) {
    const path = issue.path.map(String).join('.') || 'body'
    const fields = issue.code === 'unrecognized_keys' ? issue.keys : [path]
    const message = issue.code === 'unrecognized_keys' ? 'no such field' : issue.message
    for (const field of fields) if (!found.has(field)) found.set(field, message)
  }
  const all = [...found].map(([field, message]) => ({ field, message }))
  throw new OrderError('invalid', all.map(({ field, message }) => `${field}: ${message}`).join('; '), { fields: all })
}
