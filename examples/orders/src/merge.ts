import { FIELDS, type OrderFields } from './order.ts'

/** What becomes of a form when somebody else has changed the order meanwhile. */
export interface Merged {
  /** What was typed, with the others' changes where nothing was typed. */
  readonly fields: OrderFields
  /** Typed here and changed there, to different values: the person decides. */
  readonly clashes: readonly (keyof OrderFields)[]
  /** Changed there only, and taken over. */
  readonly taken: readonly (keyof OrderFields)[]
}

/** Three ways to one: `base` is what the form began with, `mine` what it holds, `theirs` what the order is now. */
export function merge(base: OrderFields, mine: OrderFields, theirs: OrderFields): Merged {
  const theirsChanged = FIELDS.filter((field) => theirs[field] !== base[field] && theirs[field] !== mine[field])
  const taken = theirsChanged.filter((field) => mine[field] === base[field])
  const clashes = theirsChanged.filter((field) => mine[field] !== base[field])
  return { fields: { ...mine, ...only(theirs, taken) }, clashes, taken }
}

/** Some fields of an order. */
export function only(fields: OrderFields, names: readonly (keyof OrderFields)[]): Partial<OrderFields> {
  return Object.fromEntries(names.map((name) => [name, fields[name]]))
}
