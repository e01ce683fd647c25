import type { Severity } from '@monofil/protocol'
import type { ReactNode } from 'react'

const PATHS: Readonly<Record<Severity, string>> = {
  info: 'M8 7.5v3.5M8 5v.1',
  success: 'm5.2 8.3 2 2 3.6-4.2',
  warning: 'M8 5v3.6M8 11v.1',
  error: 'm5.8 5.8 4.4 4.4m0-4.4-4.4 4.4',
  critical: 'M8 4.2v4.6M8 11.3v.1',
}

/** How loud a notification is: a shape, and the word for those who do not see it. */
export function SeverityIcon({ severity, label }: { readonly severity: Severity; readonly label: string }): ReactNode {
  const isSharp = severity === 'warning' || severity === 'critical'
  return (
    <svg className="monofil-icon" viewBox="0 0 16 16" role="img" aria-label={label}>
      {isSharp ? <path d="M8 1.6 15 14H1z" /> : <circle cx="8" cy="8" r="6.4" />}
      <path d={PATHS[severity]} transform={isSharp ? 'translate(0 1)' : undefined} />
    </svg>
  )
}
