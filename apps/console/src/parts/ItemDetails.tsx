import { Dialog } from '@base-ui/react/dialog'
import { type Item, isTerminal, type Run } from '@monofil/protocol'
import type { UseRunControls } from '@monofil/react'
import { Hourglass, RotateCcw, X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { useTexts } from '../lib/context.ts'
import { useRefusal } from '../lib/use-refusal.ts'
import { ControlButton } from './ControlButton.tsx'
import { ItemTexts } from './ItemTexts.tsx'
import { JsonView } from './JsonView.tsx'
import { ItemBadge } from './StatusBadge.tsx'
import { WaitingWords } from './WaitingWords.tsx'
import { Elapsed, When } from './When.tsx'
import './ItemDetails.css'

interface ItemDetailsProps {
  readonly item: Item | undefined
  readonly run: Run
  readonly logOf: (item: Item) => ReactNode
  readonly controls: UseRunControls | undefined
  readonly onClose: () => void
}

/** One item with its input, result and error, in a drawer that stays open while other rows are chosen. */
export function ItemDetails({ item, run, logOf, controls, onClose }: ItemDetailsProps) {
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
          {item !== undefined && <Body item={item} run={run} logOf={logOf} controls={controls} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

type BodyProps = Pick<ItemDetailsProps, 'run' | 'logOf' | 'controls'> & { readonly item: Item }

function Body({ item, run, logOf, controls }: BodyProps) {
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
        <ItemBadge item={item} />
        {item.waiting !== null && (
          <p className="run-note is-queued">
            <Hourglass className="icon" aria-hidden />
            <WaitingWords waiting={item.waiting} />
          </p>
        )}
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
        {controls !== undefined && <RetryItem item={item} run={run} controls={controls} />}
        {/* What was said is read from the hub: a bundle has none, and the past shows what was done by then. */}
        {controls !== undefined && <ItemTexts item={item} />}
        <JsonView title={t.items.input} value={item.input} />
        {(item.status === 'completed' || (item.result ?? null) !== null) && (
          <JsonView title={t.items.result} value={item.result} />
        )}
        <section className="item-log">
          <h3>{t.logs.label}</h3>
          {logOf(item)}
        </section>
      </div>
    </>
  )
}

/** Does this one again, completed or not; where that is not possible it says why. */
function RetryItem({ item, run, controls }: Pick<BodyProps, 'item' | 'run'> & { readonly controls: UseRunControls }) {
  const { t } = useTexts()
  const refusal = useRefusal()
  const block = controls.why('retryItems')
  const why = run.external ? t.controls.externalItem : isTerminal(run.status) ? refusal(block) : t.controls.unfinished
  return (
    <ControlButton
      icon={RotateCcw}
      isBusy={controls.pending === 'retry'}
      why={why}
      onClick={() => controls.retry({ items: [item.id] })}
    >
      {t.controls.retryItem}
    </ControlButton>
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
