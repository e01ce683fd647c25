import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { CopyButton } from './CopyButton.tsx'
import './Empty.css'

interface EmptyProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly body?: string
  /** The command that fills this view. */
  readonly command?: string
  /** A button that leads out. */
  readonly children?: ReactNode
}

/** What a view shows when there is nothing: what belongs here, and what fills it. */
export function Empty({ icon: Icon, title, body, command, children }: EmptyProps) {
  return (
    <div className="empty">
      <Icon className="empty-icon" aria-hidden />
      <h2>{title}</h2>
      {body !== undefined && <p className="muted">{body}</p>}
      {command !== undefined && (
        <div className="empty-command">
          <code>{command}</code>
          <CopyButton text={command} what={command} />
        </div>
      )}
      {children}
    </div>
  )
}
