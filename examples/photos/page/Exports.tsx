import type { ReactNode } from 'react'

const FORMATS = ['csv', 'json', 'pdf'] as const

/** The run as the hub saves it, item by item, at any moment; what was made of the photos is in the inventory. */
export function Exports({ runId }: { readonly runId: string }): ReactNode {
  return (
    <nav className="links" aria-label="Export">
      <span className="muted">Export</span>
      {FORMATS.map((format) => (
        <a key={format} href={`/v1/runs/${encodeURIComponent(runId)}/export?format=${format}`}>
          {format.toUpperCase()}
        </a>
      ))}
    </nav>
  )
}
