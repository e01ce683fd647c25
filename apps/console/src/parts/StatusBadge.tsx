import type { Item, ItemStatus, RunStatus } from '@monofil/protocol'
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleSlash,
  CircleX,
  LoaderCircle,
  type LucideIcon,
  RotateCw,
  SkipForward,
} from 'lucide-react'
import { useTexts } from '../lib/context.ts'
import './StatusBadge.css'

const ICONS: Readonly<Record<RunStatus | ItemStatus, LucideIcon>> = {
  queued: CircleDashed,
  running: LoaderCircle,
  retrying: RotateCw,
  paused: CirclePause,
  completed: CircleCheck,
  partial: CircleAlert,
  failed: CircleX,
  cancelled: CircleSlash,
}

/** A state's icon in its colour. It never stands without the word, so it says nothing to a screen reader. */
export function StatusIcon({ status }: { status: RunStatus | ItemStatus }) {
  const Icon = ICONS[status]
  return <Icon className={`icon status-icon is-${status}`} aria-hidden />
}

/** An item's state; one that was skipped is completed, and never looks as if it had been done. */
export function ItemBadge({ item, plain = false }: { item: Pick<Item, 'status' | 'skipped'>; plain?: boolean }) {
  const { t } = useTexts()
  if (!item.skipped) return <StatusBadge status={item.status} plain={plain} />
  return (
    <span className={`status-badge is-cancelled${plain ? ' is-plain' : ''}`}>
      <SkipForward className="icon status-icon" aria-hidden />
      {t.skipped}
    </span>
  )
}

/** A state as icon and word; `plain` without the tinted pill, for table cells. */
export function StatusBadge({ status, plain = false }: { status: RunStatus | ItemStatus; plain?: boolean }) {
  const { t } = useTexts()
  return (
    <span className={`status-badge is-${status}${plain ? ' is-plain' : ''}`}>
      <StatusIcon status={status} />
      {t.status[status]}
    </span>
  )
}
