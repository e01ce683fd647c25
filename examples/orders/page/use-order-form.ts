import { useState } from 'react'
import { type Merged, merge, only } from '../src/merge.ts'
import { FIELDS, type Order, type OrderFields } from '../src/order.ts'
import { changeOrder, createOrder, deleteOrder, restoreOrder, ShopError } from './api.ts'
import { useText } from './TextProvider.tsx'
import { BLANK, fieldsOf, type Typed, typedOf } from './typed.ts'

/** What somebody else did meanwhile. */
export interface Meanwhile extends Pick<Merged, 'clashes' | 'taken'> {
  readonly before: Order
  /** As it is now. */
  readonly order: Order
}

/** A form of one order, new or known. */
export interface OrderForm {
  readonly typed: Typed
  readonly type: (field: keyof OrderFields, value: string) => void
  /** Fields that cannot be saved as they are. */
  readonly wrong: ReadonlySet<string>
  readonly meanwhile: Meanwhile | null
  readonly problem: ShopError | null
  readonly isSaving: boolean
  /** The order that the form was last held against; null: a new one. */
  readonly order: Order | null
  readonly save: () => Promise<void>
  readonly restore: () => Promise<void>
  readonly remove: () => Promise<void>
  readonly takeTheirs: (field: keyof OrderFields) => void
}

interface FormEnds {
  readonly onDone: () => void
  readonly onDeleted: (order: Order) => void
}

const NONE: ReadonlySet<string> = new Set()

/** What is typed, held against what the order is: a change that comes between is merged, never overwritten unseen. */
export function useOrderForm(first: Order | null, { onDone, onDeleted }: FormEnds): OrderForm {
  const { language } = useText()
  const [order, setOrder] = useState(first)
  const [typed, setTyped] = useState<Typed>(() => (first === null ? BLANK : typedOf(first, language)))
  const [wrong, setWrong] = useState(NONE)
  const [meanwhile, setMeanwhile] = useState<Meanwhile | null>(null)
  const [problem, setProblem] = useState<ShopError | null>(null)
  const [isSaving, setSaving] = useState(false)
  // One key for all tries of a form: an answer that was lost makes no second order.
  const [key] = useState(() => crypto.randomUUID())

  const holdAgainst = (now: Order, mine: OrderFields) => {
    const before = order ?? now
    const { fields, clashes, taken } = merge(before, mine, now)
    setTyped(typedOf(fields, language))
    setMeanwhile({ before, order: now, clashes, taken })
    setOrder(now)
  }
  const attempt = async (deed: () => Promise<void>) => {
    setProblem(null)
    if (isSaving) return
    setSaving(true)
    try {
      await deed()
    } catch (error) {
      const known = error instanceof ShopError ? error : new ShopError('network', String(error))
      if (known.order !== null) holdAgainst(known.order, fieldsOf(typed).fields)
      else if (known.code === 'invalid') setWrong(new Set(known.fields.map(({ field }) => field)))
      else setProblem(known)
    }
    setSaving(false)
  }
  return {
    ...{ typed, wrong, meanwhile, problem, isSaving, order },
    type(field, value) {
      setTyped({ ...typed, [field]: value })
      setWrong(new Set([...wrong].filter((one) => one !== field)))
    },
    async save() {
      const { fields, wrong: found } = fieldsOf(typed)
      setWrong(found)
      if (found.size > 0) return
      await attempt(async () => {
        if (order === null) await createOrder(fields, key)
        else {
          const changed = FIELDS.filter((field) => fields[field] !== order[field])
          if (changed.length > 0) await changeOrder(order.id, order.version, only(fields, changed))
        }
        onDone()
      })
    },
    restore: () =>
      attempt(async () => {
        if (order === null) return
        setOrder(await restoreOrder(order.id, order.version))
        setMeanwhile((known) => (known?.clashes.length ? known : null))
      }),
    remove: () =>
      attempt(async () => {
        if (order === null) return
        const gone = await deleteOrder(order.id, order.version)
        onDone()
        onDeleted(gone)
      }),
    takeTheirs(field) {
      if (meanwhile === null) return
      setTyped({ ...typed, [field]: typedOf(meanwhile.order, language)[field] })
      setMeanwhile({ ...meanwhile, clashes: meanwhile.clashes.filter((one) => one !== field) })
    },
  }
}
