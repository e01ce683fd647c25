import { type ReactNode, useId } from 'react'
import { type OrderFields, STATUSES } from '../src/order.ts'
import { useText } from './TextProvider.tsx'
import type { OrderForm } from './use-order-form.ts'

interface OrderFieldsetProps {
  readonly form: OrderForm
  readonly people: Readonly<Record<string, string>>
}

/** The fields of an order, each with what is wrong with it and what somebody else made of it. */
export function OrderFieldset({ form, people }: OrderFieldsetProps): ReactNode {
  const { text } = useText()
  const field = (name: keyof OrderFields) => ({ name, form, people })
  return (
    <div className="fields">
      <Field {...field('customer')}>{(props) => <input {...props} autoComplete="off" maxLength={80} />}</Field>
      <Field {...field('article')}>{(props) => <input {...props} autoComplete="off" maxLength={120} />}</Field>
      <Field {...field('quantity')}>{(props) => <input {...props} inputMode="numeric" maxLength={4} />}</Field>
      <Field {...field('unitPrice')}>{(props) => <input {...props} inputMode="decimal" maxLength={12} />}</Field>
      <Field {...field('status')}>
        {(props) => (
          <select {...props}>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {text.statuses[status]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field {...field('note')}>{(props) => <textarea {...props} rows={2} maxLength={500} />}</Field>
    </div>
  )
}

interface ControlProps {
  readonly id: string
  readonly value: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string | undefined
  readonly onChange: (event: { readonly target: { readonly value: string } }) => void
}

interface FieldProps extends OrderFieldsetProps {
  readonly name: keyof OrderFields
  readonly children: (props: ControlProps) => ReactNode
}

function Field({ name, form, people, children }: FieldProps): ReactNode {
  const { text, money } = useText()
  const id = useId()
  const { meanwhile } = form
  const isWrong = form.wrong.has(name)
  const clash = meanwhile?.clashes.includes(name) === true ? meanwhile.order : null
  const theirs = clash === null ? '' : String(name === 'unitPrice' ? money(clash.unitPrice) : clash[name])
  const shown = name === 'status' && clash !== null ? text.statuses[clash.status] : theirs || text.dialog.empty
  return (
    <div className="field" data-field={name}>
      <label htmlFor={id}>{text.dialog.fields[name]}</label>
      {children({
        ...{ id, value: form.typed[name], 'aria-invalid': isWrong },
        'aria-describedby': isWrong || clash !== null ? `${id}-said` : undefined,
        onChange: ({ target }) => form.type(name, target.value),
      })}
      {(isWrong || clash !== null) && (
        <p id={`${id}-said`} className={isWrong ? 'wrong' : 'clash'}>
          {isWrong && text.dialog.hints[name]}
          {clash !== null && (
            <>
              {text.dialog.theirs(people[clash.updatedBy] ?? clash.updatedBy, shown)}{' '}
              <button type="button" className="button small" onClick={() => form.takeTheirs(name)}>
                {text.dialog.takeTheirs(text.dialog.fields[name])}
              </button>
            </>
          )}
        </p>
      )}
    </div>
  )
}
