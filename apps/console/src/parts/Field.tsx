import { cloneElement, type ReactElement, useId } from 'react'
import './Field.css'

interface FieldProps {
  readonly label: string
  readonly hint?: string | undefined
  /** Why its value cannot be taken; null or left out: it can. */
  readonly problem?: string | null | undefined
  /** Takes the whole width of its form. */
  readonly isWide?: boolean
  readonly children: ReactElement<{
    id?: string
    className?: string
    'aria-describedby'?: string | undefined
    'aria-invalid'?: boolean | undefined
  }>
}

/** A labelled input with its hint, or what is wrong with it in the hint's place. */
export function Field({ label, hint, problem = null, isWide = false, children }: FieldProps) {
  const id = useId()
  const words = problem ?? hint
  return (
    <div className={`form-field${isWide ? ' is-wide' : ''}`}>
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, {
        id,
        className: `field ${children.props.className ?? ''}`,
        'aria-describedby': words === undefined ? undefined : `${id}-words`,
        'aria-invalid': problem === null ? undefined : true,
      })}
      {words !== undefined && (
        <p id={`${id}-words`} className={problem === null ? 'faint' : 'form-problem'}>
          {words}
        </p>
      )}
    </div>
  )
}
