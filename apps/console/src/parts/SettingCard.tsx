import type { ReactNode } from 'react'

interface SettingCardProps {
  readonly title: string
  readonly body?: string
  readonly children: ReactNode
}

/** One thing that can be set, with what it does. */
export function SettingCard({ title, body, children }: SettingCardProps) {
  return (
    <section className="card setting" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {body !== undefined && <p className="muted">{body}</p>}
      </header>
      <div className="setting-body">{children}</div>
    </section>
  )
}
