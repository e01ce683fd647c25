import { Tabs } from '@base-ui/react/tabs'
import type { RunView } from '@monofil/client'
import { isTerminal, type Run } from '@monofil/protocol'
import type { UseRunControls } from '@monofil/react'
import { lazy, Suspense } from 'react'
import { useTexts } from '../lib/context.ts'
import { readItemFilter } from '../lib/item-filter.ts'
import { readItemSort, writeItemSort } from '../lib/item-sort.ts'
import { EVERY_LINE, readLogFilter } from '../lib/log-lines.ts'
import { FailurePanel } from './FailurePanel.tsx'
import { ItemPanel } from './ItemPanel.tsx'
import { JsonView } from './JsonView.tsx'
import { LogPanel, LogView } from './LogPanel.tsx'
import { LIVE_TABS, RunTabList, tabOf } from './RunTabList.tsx'
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

/** The parts of a run's page, one at a time; which one is in the URL. */
export function RunTabs({ view, run, controls, params, onChange }: RunTabsProps) {
  const { t } = useTexts()
  const filter = readItemFilter(params)
  return (
    <Tabs.Root
      className="run-tabs"
      value={tabOf(params, LIVE_TABS)}
      onValueChange={(next: string) => onChange({ tab: next === 'items' ? '' : next, item: '' })}
    >
      <RunTabList tabs={LIVE_TABS} counts={run.counts} />
      <Tabs.Panel value="items" className="tab-panel">
        <ItemPanel
          run={run}
          controls={controls}
          items={view.items}
          logOf={(item) => (
            <LogView
              key={`${item.step}/${item.id}`}
              runId={run.id}
              view={view}
              filter={{ ...EVERY_LINE, step: item.step, item: item.id }}
            />
          )}
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
          run={run}
          items={view.items.list}
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
