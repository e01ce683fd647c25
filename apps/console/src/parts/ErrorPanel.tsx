import { RotateCw, TriangleAlert } from 'lucide-react'
import { useTexts } from '../lib/context.ts'
import { CopyButton } from './CopyButton.tsx'
import './ErrorPanel.css'

interface ErrorPanelProps {
  readonly error: Error
  readonly title?: string
  readonly onRetry?: () => void
  /** Set where it can be taken as read. */
  readonly onDismiss?: () => void
}

/** Everything that helps someone else to find the cause, as text. */
function detailsOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? `code: ${error.code}` : ''
  const status = 'status' in error && typeof error.status === 'number' ? `status: ${error.status}` : ''
  return [`${error.name}: ${error.message}`, code, status, `page: ${location.href}`, `at: ${new Date().toISOString()}`]
    .filter((line) => line !== '')
    .join('\n')
}

/** What failed, why, what to do: try again, or copy the details for someone who can help. */
export function ErrorPanel({ error, title, onRetry, onDismiss }: ErrorPanelProps) {
  const { t } = useTexts()
  const details = detailsOf(error)
  return (
    <div className="error-panel" role="alert">
      <TriangleAlert className="icon" aria-hidden />
      <div className="error-panel-body">
        <h2>{title ?? t.error.title}</h2>
        <p>{error.message}</p>
        <div className="error-panel-actions">
          {onRetry !== undefined && (
            <button type="button" className="button" onClick={onRetry}>
              <RotateCw className="icon" aria-hidden />
              {t.error.retry}
            </button>
          )}
          {onDismiss !== undefined && (
            <button type="button" className="button" onClick={onDismiss}>
              {t.close}
            </button>
          )}
          <CopyButton text={details} what={t.error.details}>
            {t.copy.do(t.error.details.toLowerCase())}
          </CopyButton>
        </div>
        <details>
          <summary>{t.error.details}</summary>
          <pre>{details}</pre>
        </details>
      </div>
    </div>
  )
}
