import { Coins } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useSearchParams } from 'react-router'
import { useNow, useTexts } from '../lib/context.ts'
import { type Measure, measureName, measuresOf, sumsBy, sumsByDay, totalOf } from '../lib/usage-sums.ts'
import { type UsageKnown, useUsage } from '../lib/use-usage.ts'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { FilterSelect } from '../parts/FilterSelect.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { UsageTable } from '../parts/UsageTable.tsx'
import { useAmounts } from '../parts/use-amounts.ts'
import './UsagePage.css'

// Charts are a third of the console, and most who open it want to see runs.
const UsageChart = lazy(() => import('../parts/UsageChart.tsx').then((file) => ({ default: file.UsageChart })))

const PERIODS = [7, 30, 90, 365]
const DAY_MS = 86_400_000

/** What all runs in sight used: by day, model and workflow. */
export function UsagePage() {
  const { t, amount } = useTexts()
  const [params, setParams] = useSearchParams()
  const days = PERIODS.find((one) => String(one) === params.get('days')) ?? 30
  const usage = useUsage(days)
  const set = (name: string, value: string) =>
    setParams(
      (known) => {
        known.set(name, value)
        return known
      },
      { replace: true },
    )
  const measures = measuresOf(usage.known?.days ?? [])
  const measure = measures.find((one) => measureName(one) === params.get('show')) ?? measures[0]
  const nameOf = (one: Measure) =>
    one.kind === 'tokens' ? t.usage.tokens : one.currency === '' ? t.usage.cost : t.usage.costIn(one.currency)
  return (
    <div className={usage.isStale ? 'is-stale' : ''}>
      <title>{`${t.usage.title} · Monofil`}</title>
      <div className="page-head">
        <h1>{t.usage.title}</h1>
        <span className="page-actions">
          {measure !== undefined && measures.length > 1 && (
            <FilterSelect
              label={t.usage.show}
              value={measureName(measure)}
              options={measures.map((one) => ({ value: measureName(one), name: nameOf(one) }))}
              onChange={(show) => set('show', show)}
            />
          )}
          <FilterSelect
            label={t.usage.period}
            value={String(days)}
            options={PERIODS.map((one) => ({ value: String(one), name: t.usage.days(amount(one)) }))}
            onChange={(period) => set('days', period)}
          />
        </span>
      </div>
      {usage.error !== null && <ErrorPanel error={usage.error} onRetry={usage.refresh} />}
      {usage.known === null && usage.error === null && <Loading />}
      {usage.known !== null && measure === undefined && (
        <div className="card">
          <Empty icon={Coins} title={t.usage.empty} body={t.usage.emptyBody} command="npx monofil usage" />
        </div>
      )}
      {usage.known !== null && measure !== undefined && (
        <Sums known={usage.known} days={days} measure={measure} name={nameOf(measure)} />
      )}
    </div>
  )
}

function Loading() {
  return (
    <div aria-busy="true">
      <div className="card usage-chart">
        <Skeleton width="40%" height="32px" />
        <Skeleton width="100%" height="220px" />
      </div>
      <div className="usage-tables">
        {['models', 'workflows'].map((key) => (
          <div key={key} className="card loading-rows">
            <Skeleton width="100%" height="32px" />
            <Skeleton width="100%" height="32px" />
          </div>
        ))}
      </div>
    </div>
  )
}

interface SumsProps {
  readonly known: UsageKnown
  readonly days: number
  readonly measure: Measure
  readonly name: string
}

function Sums({ known, days, measure, name }: SumsProps) {
  const { t } = useTexts()
  const amounts = useAmounts(measure)
  const byDay = sumsByDay(known.days, measure, days, useNow(DAY_MS))
  const total = totalOf(known.days, measure)
  const facts = [
    [t.usage.total, amounts.exact(total.exact)],
    [t.usage.perDayMean, amounts.round(total.size / days)],
    [t.usage.today, amounts.exact(byDay.at(-1)?.exact ?? '0')],
  ] as const
  return (
    <>
      <section className="card usage-chart" aria-label={t.usage.perDay(name)}>
        <header>
          <h2>{t.usage.perDay(name)}</h2>
          <dl className="usage-facts">
            {facts.map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd className="figure">{value}</dd>
              </div>
            ))}
          </dl>
        </header>
        <Suspense fallback={<Skeleton width="100%" height="240px" />}>
          <UsageChart sums={byDay} amounts={amounts} label={`${t.usage.perDay(name)}: ${amounts.exact(total.exact)}`} />
        </Suspense>
        <details>
          <summary>{t.usage.asTable}</summary>
          <UsageTable
            head={t.usage.day}
            name={name}
            sums={byDay.filter(({ size }) => size > 0).reverse()}
            amounts={amounts}
          />
        </details>
      </section>
      {known.isCut && <p className="faint">{t.usage.partial}</p>}
      <div className="usage-tables">
        <section className="card" aria-label={t.usage.byModel}>
          <h2>{t.usage.byModel}</h2>
          <UsageTable
            head={t.usage.model}
            name={name}
            sums={sumsBy(known.models, measure, ({ model }) => model ?? t.usage.noModel)}
            amounts={amounts}
            whole={total.size}
          />
        </section>
        <section className="card" aria-label={t.usage.byWorkflow}>
          <h2>{t.usage.byWorkflow}</h2>
          <UsageTable
            head={t.usage.workflow}
            name={name}
            sums={sumsBy(known.workflows, measure, ({ workflow = '' }) => workflow)}
            amounts={amounts}
            whole={total.size}
          />
        </section>
      </div>
    </>
  )
}
