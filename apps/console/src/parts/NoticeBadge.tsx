import type { NoticeStatus, QueuedNotice, Severity } from '@monofil/protocol'
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  CircleX,
  Info,
  LoaderCircle,
  type LucideIcon,
  OctagonAlert,
  TriangleAlert,
} from 'lucide-react'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import './StatusBadge.css'

const STATES: Readonly<Record<NoticeStatus, readonly [icon: LucideIcon, like: string]>> = {
  pending: [CircleDashed, 'is-queued'],
  sending: [LoaderCircle, 'is-running'],
  sent: [CircleCheck, 'is-completed'],
  failed: [CircleX, 'is-failed'],
}

/** What the whole of a notification has come to, as icon and word. */
export function NoticeBadge({ notice }: { readonly notice: Pick<QueuedNotice, 'status' | 'ended'> }) {
  const { queue } = useNoticeTexts()
  const { status, ended } = notice
  const [Icon, like] = ended === null ? STATES[status] : [CircleSlash, 'is-cancelled']
  return (
    <span className={`status-badge ${like}`}>
      <Icon className="icon status-icon" aria-hidden />
      {ended === null ? queue.statusOfOne[status] : queue[ended]}
    </span>
  )
}

const SEVERITY: Readonly<Record<Severity, readonly [icon: LucideIcon, like: string]>> = {
  info: [Info, 'is-running'],
  success: [CircleCheck, 'is-completed'],
  warning: [TriangleAlert, 'is-partial'],
  error: [CircleAlert, 'is-failed'],
  critical: [OctagonAlert, 'is-failed'],
}

/** How loud a notification is, as icon and word. */
export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  const { severities } = useNoticeTexts()
  const [Icon, like] = SEVERITY[severity]
  return (
    <span className={`status-badge is-plain ${like}`}>
      <Icon className="icon status-icon" aria-hidden />
      {severities[severity]}
    </span>
  )
}
