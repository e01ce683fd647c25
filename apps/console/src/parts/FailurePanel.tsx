import type { FailureGroup, FailureRef, Item, Run } from '@monofil/protocol'
import { CircleCheck } from 'lucide-react'
import { useTexts } from '../lib/context.ts'
import { useFailures, usePageFailures } from '../lib/use-failures.ts'
import { Empty } from './Empty.tsx'
import { ErrorPanel } from './ErrorPanel.tsx'
import { Skeleton } from './Skeleton.tsx'
import './FailurePanel.css'

interface FailureListProps {
  /** Null while they are not known. */
  readonly groups: readonly FailureGroup[] | null
  /** Shows failed items of this step; `item` is set where the group is a single one. */
  readonly onShow: (step: string, item: string | undefined) => void
  /** Does all items of a cause again; left out while that is not possible. */
  readonly onRetry: ((failure: FailureRef) => void) | undefined
}

interface FailurePanelProps extends Omit<FailureListProps, 'groups'> {
  readonly run: Run
  readonly items: readonly Item[]
}

/** What failed in a live run, by cause. */
export function FailurePanel({ run, items, onShow, onRetry }: FailurePanelProps) {
  const { groups, error, refresh } = useFailures(run, items)
  if (groups === null && error !== null) return <ErrorPanel error={error} onRetry={refresh} />
  return <FailureList groups={groups} onShow={onShow} onRetry={onRetry} />
}

/** What had failed at a moment, by cause: of items that no hub can be asked for. */
export function PastFailures({ items, onShow }: Pick<FailurePanelProps, 'items' | 'onShow'>) {
  return <FailureList groups={usePageFailures(items)} onShow={onShow} onRetry={undefined} />
}

/** One row per message with how many items it hit. */
function FailureList({ groups, onShow, onRetry }: FailureListProps) {
  const { t, amount } = useTexts()
  if (groups === null) {
    return (
      <div className="card loading-rows" aria-busy="true">
        <Skeleton width="60%" />
        <Skeleton width="72%" />
        <Skeleton width="48%" />
      </div>
    )
  }
  if (groups.length === 0) {
    return (
      <div className="card">
        <Empty icon={CircleCheck} title={t.failures.none} />
      </div>
    )
  }
  return (
    <ul className="card failure-list">
      {groups.map((group) => (
        <li key={`${group.step} ${group.code} ${group.message}`}>
          <span className="failure-count figure">{t.failures.group(amount(group.count))}</span>
          <div className="failure-text">
            <p>{group.message}</p>
            <p className="faint">
              {group.step} <code>{group.code}</code>
            </p>
          </div>
          <button
            type="button"
            className="button"
            onClick={() => onShow(group.step, group.count === 1 ? group.items[0] : undefined)}
          >
            {t.failures.show(amount(group.count))}
          </button>
          {onRetry !== undefined && (
            <button type="button" className="button" onClick={() => onRetry(group)}>
              {t.failures.retry(amount(group.count))}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
