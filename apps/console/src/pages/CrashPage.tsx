import { useRouteError } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'

/** What stands in place of a page that threw: the rest of the console goes on. */
export function CrashPage() {
  const { t } = useTexts()
  const thrown = useRouteError()
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return <ErrorPanel error={error} title={t.error.crashed} onRetry={() => window.location.reload()} />
}
