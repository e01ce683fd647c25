import { Dialog } from '@base-ui/react/dialog'
import type { Item } from '@monofil/protocol'
import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { useTexts } from '../lib/context.ts'
import { JsonView } from './JsonView.tsx'
import { StatusBadge } from './StatusBadge.tsx'
import { Elapsed, When } from './When.tsx'
import './ItemDetails.css'

interface ItemDetailsProps {
  readonly item: Item | undefined
  readonly onClose: () => void
}

/** One item with its input, result and error, in a drawer that stays open while other rows are chosen. */
export function ItemDetails({ item, onClose }: ItemDetailsProps) {
  const popup = useRef<HTMLDivElement>(null)
  return (
    <Dialog.Root
      open={item !== undefined}
      modal={false}
      disablePointerDismissal
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Dialog.Portal>
        <Dialog.Popup ref={popup} initialFocus={popup} className="drawer">
          {item !== undefined && <Body item={item} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Body({ item }: { readonly item: Item }) {
  const { t, f } = useTexts()
  const { tokens, cost, currency } = item.usage
  return (
    <>
      <div className="drawer-head">
        <Dialog.Title className="truncate">
          <code title={item.id}>{item.id}</code>
        </Dialog.Title>
        <Dialog.Close className="button icon-only" aria-label={t.close}>
          <X className="icon" aria-hidden />
        </Dialog.Close>
      </div>
      <div className="drawer-body">
        <StatusBadge status={item.status} />
        {item.error !== null && (
          <section className="item-error">
            <h3>{t.items.error}</h3>
            <p>{item.error.message}</p>
            <code>{item.error.code}</code>
          </section>
        )}
        <dl className="facts">
          <Fact name={t.items.columns.step}>{item.step}</Fact>
          <Fact name={t.items.columns.attempts}>{f.number(item.attempts)}</Fact>
          {item.startedAt !== null && (
            <>
              <Fact name={t.run.started}>
                <When at={item.startedAt} />
              </Fact>
              <Fact name={t.items.columns.duration}>
                <Elapsed from={item.startedAt} to={item.finishedAt} />
              </Fact>
            </>
          )}
          {tokens !== undefined && <Fact name={t.run.facts.tokens}>{f.number(tokens)}</Fact>}
          {cost !== undefined && (
            <Fact name={t.run.facts.cost}>
              {cost} {currency}
            </Fact>
          )}
        </dl>
        <JsonView title={t.items.input} value={item.input} />
        {(item.status === 'completed' || (item.result ?? null) !== null) && (
          <JsonView title={t.items.result} value={item.result} />
        )}
      </div>
    </>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
