import type { ReactNode } from 'react'
import { useWords } from './words.ts'

/** How complete the catalogue is: one figure that moves at the end of an enrichment, on every page that shows it. */
export function Completeness(): ReactNode {
  const { t } = useWords()
  return (
    <section className="card kpi" aria-label={t.complete}>
      <h2>{t.complete}</h2>
      <p className="muted">{t.completeNone}</p>
    </section>
  )
}
