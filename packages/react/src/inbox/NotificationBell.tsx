import { type ReactNode, useId, useMemo, useState } from 'react'
import { formatFor } from '../format.ts'
import { usePopover } from '../use-popover.ts'
import { Inbox, type InboxProps } from './Inbox.tsx'
import { inboxLabelsFor } from './inbox-labels.ts'
import { useNotifications } from './use-notifications.ts'

export interface NotificationBellProps extends InboxProps {
  /** Below the list, such as a link to a page of it. */
  readonly footer?: ReactNode
}

/** More are not counted on the bell; its name says how many. */
const MOST = 99

/**
 * A bell with the count of what was not seen yet, the same in all tabs and on all devices; it opens the inbox. Needs
 * `@monofil/react/styles.css` and `@monofil/react/inbox.css`.
 */
export function NotificationBell({ locale = 'en', labels: own, className, footer }: NotificationBellProps): ReactNode {
  const { counts } = useNotifications()
  const labels = useMemo(() => inboxLabelsFor(locale, own), [locale, own])
  const format = useMemo(() => formatFor(locale), [locale])
  const [isOpen, open] = useState(false)
  const { root, button, panel, onKeyDown } = usePopover(isOpen, open)
  const panelId = useId()
  const { unseen } = counts
  const close = () => {
    open(false)
    button.current?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from wherever in it the focus is
    <div className={`monofil-tray monofil-bell${className ? ` ${className}` : ''}`} ref={root} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        className="monofil-tray-button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={isOpen ? panelId : undefined}
        aria-label={labels.bell(format.count(unseen))}
        title={labels.title}
        onClick={() => open(!isOpen)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M8 1.8a4 4 0 0 0-4 4v2.7L2.8 11h10.4L12 8.5V5.8a4 4 0 0 0-4-4zM6.5 13.3a1.6 1.6 0 0 0 3 0" />
        </svg>
        {unseen > 0 && (
          <span className="monofil-bell-count" aria-hidden="true">
            {unseen > MOST ? `${MOST}+` : format.count(unseen)}
          </span>
        )}
      </button>
      {isOpen && (
        <div
          className="monofil-tray-panel monofil-bell-panel"
          id={panelId}
          ref={panel}
          role="dialog"
          aria-label={labels.title}
          tabIndex={-1}
        >
          <header>
            <strong>{labels.title}</strong>
            <button type="button" className="monofil-close" aria-label={labels.close} onClick={close}>
              <span aria-hidden="true">×</span>
            </button>
          </header>
          <Inbox locale={locale} labels={own} />
          {footer !== undefined && <footer>{footer}</footer>}
        </div>
      )}
    </div>
  )
}
