import type { RunState } from '@monofil/protocol'
import { useSample } from '@monofil/react'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { money } from '../lib/money.ts'
import { CancelDialog } from './RunControls.tsx'
import './UsagePanel.css'

/** A sample that is done: what it cost, what the rest would cost and take, and the question whether to go on. */
export function SamplePanel({ run }: { readonly run: RunState }) {
  const { t, f } = useTexts()
  const { sample, pending, goOn, cancel } = useSample(run.id)
  const [isAsked, ask] = useState(false)
  if (sample === null) return null
  const texts = t.usage.sample
  const { usage, projected, eta, failed, done, total } = sample
  const inMoney = (amount: string) => money(amount, usage.currency, f.locale)
  const facts: readonly (readonly [string, string | null])[] = [
    [texts.cost, usage.cost === undefined ? null : inMoney(usage.cost)],
    [texts.allCost, projected?.cost === undefined ? null : `≈ ${inMoney(projected.cost)}`],
    [texts.tokens, usage.tokens === undefined ? null : f.number(usage.tokens)],
    [texts.allTokens, projected?.tokens === undefined ? null : `≈ ${f.number(projected.tokens)}`],
    [texts.time, eta === null ? null : f.range(eta.lowMs, eta.highMs)],
    [texts.failed, failed === 0 ? null : f.number(failed)],
  ]
  return (
    <section className="card sample" aria-label={texts.label}>
      <header>
        <FlaskConical className="icon" aria-hidden />
        <h2>{texts.done(f.number(done), f.number(total))}</h2>
        <p>{texts.body}</p>
      </header>
      <dl>
        {facts.map(
          ([name, value]) =>
            value !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="figure">{value}</dd>
              </div>
            ),
        )}
      </dl>
      <div className="sample-actions">
        <button type="button" className="button is-primary" disabled={pending !== null} onClick={() => goOn()}>
          {texts.goOn}
        </button>
        <button type="button" className="button" disabled={pending !== null} onClick={() => ask(true)}>
          {texts.cancel}
        </button>
      </div>
      <CancelDialog run={run} open={isAsked} onConfirm={() => cancel()} onClose={() => ask(false)} />
    </section>
  )
}
