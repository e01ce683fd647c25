import { useKpi } from '@monofil/react'
import type { ReactNode } from 'react'
import { COMPLETENESS } from '../src/run-input.ts'
import { useWords } from './words.ts'

/** How complete the catalogue is: one figure that moves at the end of an enrichment, on every page that shows it. */
export function Completeness(): ReactNode {
  const { t, locale } = useWords()
  const { kpi } = useKpi(COMPLETENESS)
  return (
    <section className="card kpi" aria-label={t.complete} aria-live="polite">
      <h2>{t.complete}</h2>
      {typeof kpi?.value === 'number' ? (
        <>
          <strong>{new Intl.NumberFormat(locale, { style: 'percent' }).format(kpi.value / 100)}</strong>
          <p className="muted">
            {t.since}{' '}
            <time dateTime={kpi.at}>
              {new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(kpi.at))}
            </time>
          </p>
        </>
      ) : (
        <p className="muted">{t.completeNone}</p>
      )}
    </section>
  )
}
