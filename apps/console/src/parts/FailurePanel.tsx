import type { FailureRef, Item } from '@monofil/protocol'
import { CircleCheck } from 'lucide-react'
import { useMemo } from 'react'
import { useTexts } from '../lib/context.ts'
import { failureGroups } from '../lib/failure-groups.ts'
import { Empty } from './Empty.tsx'
import './FailurePanel.css'

interface FailurePanelProps {
  readonly items: Iterable<Item>
  /** Shows failed items of this step; `item` is set where the group is a single one. */
  readonly onShow: (step: string, item: string | undefined) => void
  /** Does all items of a cause again; left out while that is not possible. */
  readonly onRetry: ((failure: FailureRef) => void) | undefined
}

/** What failed, by cause: one row per message with how many items it hit. */
export function FailurePanel({ items, onShow, onRetry }: FailurePanelProps) {
  const { t, amount } = useTexts()
  const groups = useMemo(() => failureGroups(items), [items])
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
