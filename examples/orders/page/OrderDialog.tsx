import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { Order } from '../src/order.ts'
import { getOrder, ShopError } from './api.ts'
import { OrderFieldset } from './OrderFieldset.tsx'
import { useText } from './TextProvider.tsx'
import { type OrderForm, useOrderForm } from './use-order-form.ts'

interface OrderDialogProps {
  readonly which: number | 'new'
  readonly people: Readonly<Record<string, string>>
  readonly onClose: () => void
  readonly onDeleted: (order: Order) => void
}

type Found = Order | 'new' | 'gone' | 'failed' | null

/** One order in a dialog: fetched, changed, deleted, or a new one. */
export function OrderDialog(props: OrderDialogProps): ReactNode {
  const { which, onClose } = props
  const { text } = useText()
  const [found, find] = useState<Found>(which === 'new' ? 'new' : null)
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  useEffect(() => {
    if (which === 'new') return
    let isLeft = false
    getOrder(which).then(
      (order) => isLeft || find(order),
      (error: unknown) => isLeft || find(error instanceof ShopError && error.code === 'not_found' ? 'gone' : 'failed'),
    )
    return () => {
      isLeft = true
    }
  }, [which])
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onClose={onClose}>
      <header>
        <h2 id={titleId}>{which === 'new' ? text.dialog.create : text.dialog.edit(which)}</h2>
        <button type="button" className="icon-button" aria-label={text.dialog.cancel} onClick={onClose}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      {found === null && <div className="skeleton tall" aria-busy="true" />}
      {(found === 'gone' || found === 'failed') && (
        <p className="problem" role="alert">
          {found === 'gone' ? text.dialog.gone : text.failed(text.why.network)}
        </p>
      )}
      {(found === 'new' || (typeof found === 'object' && found !== null)) && (
        <Form {...props} order={found === 'new' ? null : found} />
      )}
    </dialog>
  )
}

function Form({ order, people, onClose, onDeleted }: OrderDialogProps & { readonly order: Order | null }): ReactNode {
  const { text, moment } = useText()
  const form = useOrderForm(order, { onDone: onClose, onDeleted })
  const isDeleted = form.order !== null && form.order.deletedAt !== null
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isDeleted) void form.save()
      }}
    >
      <Banner form={form} people={people} />
      <OrderFieldset form={form} people={people} />
      {form.order !== null && (
        <p className="muted history">
          {text.dialog.history(people[form.order.updatedBy] ?? form.order.updatedBy, moment(form.order.updatedAt))}
        </p>
      )}
      <footer>
        {form.order !== null && !isDeleted && (
          <button type="button" className="button danger" onClick={() => void form.remove()}>
            {text.dialog.remove}
          </button>
        )}
        <span className="space" />
        {isDeleted ? (
          <button type="button" className="button primary" onClick={() => void form.restore()}>
            {text.dialog.restore}
          </button>
        ) : (
          <button type="submit" className="button primary" aria-disabled={form.isSaving}>
            {form.isSaving ? text.dialog.saving : form.order === null ? text.dialog.add : text.dialog.save}
          </button>
        )}
      </footer>
    </form>
  )
}

/** What somebody else did, or why it was not saved. */
function Banner({ form, people }: { readonly form: OrderForm } & Pick<OrderDialogProps, 'people'>): ReactNode {
  const { text, money } = useText()
  const { meanwhile, problem } = form
  const words = text.dialog
  const by = (order: Order) => people[order.updatedBy] ?? order.updatedBy
  const isDeleted = form.order !== null && form.order.deletedAt !== null
  const shown = (field: string, value: string | number) => {
    if (field === 'unitPrice') return money(Number(value))
    if (field === 'status') return text.statuses[value as keyof typeof text.statuses]
    return value === '' ? words.empty : String(value)
  }
  return (
    <div role="alert">
      {isDeleted && form.order !== null && <p className="banner">{words.deleted(by(form.order))}</p>}
      {meanwhile !== null && !isDeleted && meanwhile.before.version !== meanwhile.order.version && (
        <div className="banner">
          <p>{words.conflict(by(meanwhile.order))}</p>
          <ul>
            {meanwhile.taken.map((field) => (
              <li key={field}>
                {words.taken(
                  words.fields[field],
                  shown(field, meanwhile.before[field]),
                  shown(field, meanwhile.order[field]),
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      {problem !== null && problem.code !== 'invalid' && (
        <p className="problem">{words.failed(problem.code === 'network' ? text.why.network : problem.message)}</p>
      )}
    </div>
  )
}
