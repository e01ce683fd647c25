import { Tabs } from '@base-ui/react/tabs'
import type { RunView } from '@monofil/client'
import { isTerminal, type Run } from '@monofil/protocol'
import type { UseRunControls } from '@monofil/react'
import { lazy, Suspense } from 'react'
import { useTexts } from '../lib/context.ts'
import { readItemFilter } from '../lib/item-filter.ts'
import { readItemSort, writeItemSort } from '../lib/item-sort.ts'
import { readLogFilter } from '../lib/log-lines.ts'
import { FailurePanel } from './FailurePanel.tsx'
import { ItemPanel } from './ItemPanel.tsx'
import { JsonView } from './JsonView.tsx'
import { LogPanel } from './LogPanel.tsx'
import { Skeleton } from './Skeleton.tsx'
import { Timeline } from './Timeline.tsx'
import './RunTabs.css'

// Layout and charts are as large as the rest of the console: they come when somebody looks.
const GraphPanel = lazy(() => import('./GraphPanel.tsx').then(({ GraphPanel }) => ({ default: GraphPanel })))
const ChartsPanel = lazy(() => import('./ChartsPanel.tsx').then(({ ChartsPanel }) => ({ default: ChartsPanel })))

interface RunTabsProps {
  readonly view: RunView
  readonly run: Run
  readonly controls: UseRunControls
  readonly params: URLSearchParams
  /** Sets parameters of the URL; an empty value removes one. */
  readonly onChange: (next: Readonly<Record<string, string>>) => void
}

const TABS = ['items', 'failures', 'graph', 'charts', 'logs', 'data', 'timeline'] as const

/** The parts of a run's page, one at a time; which one is in the URL. */
export function RunTabs({ view, run, controls, params, onChange }: RunTabsProps) {
  const { t } = useTexts()
  const tab = TABS.find((known) => known === params.get('tab')) ?? 'items'
  const filter = readItemFilter(params)
  const counts: Partial<Record<(typeof TABS)[number], number>> = {
    items: run.counts.total,
    failures: run.counts.failed,
  }
  return (
    <Tabs.Root
      className="run-tabs"
      value={tab}
      onValueChange={(next: string) => onChange({ tab: next === 'items' ? '' : next, item: '' })}
    >
      <Tabs.List className="tab-list" aria-label={t.run.tabs.label}>
        {TABS.map((name) => (
          <Tabs.Tab key={name} value={name} className="tab">
            {t.run.tabs[name]}
            <TabCount count={counts[name] ?? 0} isAlarm={name === 'failures'} />
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="items" className="tab-panel">
        <ItemPanel
          run={run}
          controls={controls}
          view={view}
          items={view.items}
          filter={filter}
          sort={readItemSort(params)}
          open={params.get('item') ?? ''}
          onFilter={({ status, step, q }) => onChange({ status: status ?? '', step, q })}
          onSort={(sort) => onChange({ sort: writeItemSort(sort) })}
          onOpen={(item) => onChange({ item })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="failures" className="tab-panel">
        <FailurePanel
          items={view.items}
          onRetry={controls.why('retry') === null ? (failure) => controls.retry({ failures: [failure] }) : undefined}
          onShow={(step, item) =>
            onChange({ tab: '', status: 'failed', step, q: '', item: item === undefined ? '' : `${step}/${item}` })
          }
        />
      </Tabs.Panel>
      <Tabs.Panel value="graph" className="tab-panel">
        <Suspense fallback={<Skeleton width="100%" height="260px" />}>
          <GraphPanel run={run} chosen={filter.step} onChoose={(step) => onChange({ step, tab: '', item: '' })} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="charts" className="tab-panel">
        <Suspense fallback={<Skeleton width="100%" height="260px" />}>
          <ChartsPanel run={run} step={filter.step} onAll={() => onChange({ step: '' })} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="logs" className="tab-panel">
        <LogPanel
          runId={run.id}
          view={view}
          filter={readLogFilter(params)}
          onFilter={({ level, step, item, q }) => onChange({ level, logStep: step, logItem: item, logQ: q })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="data" className="tab-panel tab-data">
        <JsonView title={t.data.input} value={run.input} />
        {isTerminal(run.status) ? (
          <JsonView title={t.data.result} value={run.result} />
        ) : (
          <p className="muted">{t.data.pending}</p>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="timeline" className="tab-panel">
        <Timeline run={run} />
      </Tabs.Panel>
    </Tabs.Root>
  )
}

function TabCount({ count, isAlarm }: { readonly count: number; readonly isAlarm: boolean }) {
  const { f } = useTexts()
  if (count === 0) return null
  return <span className={`tab-count figure${isAlarm ? ' is-failed' : ''}`}>{f.number(count)}</span>
}
