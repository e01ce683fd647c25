import { isTerminal, type RunState } from '@monofil/protocol'
import { Coins } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { money } from '../lib/money.ts'
import { BudgetDialog } from './BudgetDialog.tsx'
import './UsagePanel.css'

interface UsagePanelProps {
  readonly run: RunState
  /** Whether this reader may change the budget. */
  readonly mayChange: boolean
}

/** What a run has used, what all of it will at this rate, and how much of its budget that is. */
export function UsagePanel({ run, mayChange }: UsagePanelProps) {
  const { t } = useTexts()
  const [isOpen, setOpen] = useState(false)
  const { budget, usage } = run
  const isHeld = run.waiting?.reason === 'budget'
  const isOver = isTerminal(run.status)
  const spends = usage.tokens !== undefined || usage.cost !== undefined
  if (!spends && budget === null) return null
  const change = isHeld ? t.usage.run.raise : budget === null ? t.usage.run.set : t.usage.run.change
  return (
    <section className={`card usage-panel${isHeld ? ' is-paused is-held' : ''}`} aria-label={t.usage.run.title}>
      <Coins className="icon" aria-hidden />
      <dl>
        <Meters run={run} />
      </dl>
      {!isOver && mayChange && (
        <button type="button" className={`button${isHeld ? ' is-primary' : ''}`} onClick={() => setOpen(true)}>
          {change}
        </button>
      )}
      {isOpen && <BudgetDialog run={run} onClose={() => setOpen(false)} />}
    </section>
  )
}

function Meters({ run }: { readonly run: RunState }) {
  const { t, f } = useTexts()
  const { budget, usage } = run
  const { projected } = usage
  const inMoney = (cost: string) => money(cost, usage.currency, f.locale)
  return (
    <>
      {(usage.cost !== undefined || budget?.cost !== undefined) && (
        <Meter
          name={t.usage.cost}
          used={inMoney(usage.cost ?? '0')}
          share={budget?.cost === undefined ? null : Number(usage.cost ?? 0) / Number(budget.cost)}
          bound={budget?.cost === undefined ? null : inMoney(budget.cost)}
          projected={projected?.cost === undefined ? null : inMoney(projected.cost)}
        />
      )}
      {(usage.tokens !== undefined || budget?.tokens !== undefined) && (
        <Meter
          name={t.usage.tokens}
          used={f.number(usage.tokens ?? 0)}
          share={budget?.tokens === undefined ? null : (usage.tokens ?? 0) / budget.tokens}
          bound={budget?.tokens === undefined ? null : f.number(budget.tokens)}
          projected={projected?.tokens === undefined ? null : f.number(projected.tokens)}
        />
      )}
      {budget?.items !== undefined && <Bound name={t.usage.run.items}>{f.number(budget.items)}</Bound>}
      {budget?.timeMs !== undefined && <Bound name={t.usage.run.time}>{f.duration(budget.timeMs)}</Bound>}
    </>
  )
}

interface MeterProps {
  readonly name: string
  readonly used: string
  /** Of the budget, 1 is all of it; null: there is no bound. */
  readonly share: number | null
  readonly bound: string | null
  readonly projected: string | null
}

function Meter({ name, used, share, bound, projected }: MeterProps) {
  const { t, f } = useTexts()
  // Of a budget of nothing all is used.
  const part = share === null ? 0 : Math.min(1, Number.isFinite(share) ? share : 1)
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figure">
        <strong>{used}</strong> {bound !== null && <span className="muted">{t.usage.run.bound(bound)}</span>}
        {share !== null && (
          <progress className="usage-meter" aria-label={name} max={100} value={Math.round(part * 100)}>
            {f.percent(part * 100)}
          </progress>
        )}
        {projected !== null && (
          <span className="usage-projected faint">
            ≈ {projected} {t.usage.run.projected}
          </span>
        )}
      </dd>
    </div>
  )
}

function Bound({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  const { t } = useTexts()
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figure muted">{typeof children === 'string' ? t.usage.run.bound(children) : children}</dd>
    </div>
  )
}
