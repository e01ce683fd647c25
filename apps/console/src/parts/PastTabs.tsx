import { Tabs } from '@base-ui/react/tabs'
import { isTerminal } from '@monofil/protocol'
import { lazy, Suspense, useDeferredValue, useMemo } from 'react'
import { useTexts } from '../lib/context.ts'
import { readItemFilter } from '../lib/item-filter.ts'
import { readItemSort, writeItemSort } from '../lib/item-sort.ts'
import { EVERY_LINE, readLogFilter } from '../lib/log-lines.ts'
import { type Past, pastItems } from '../lib/past-run.ts'
import type { RunTape } from '../lib/run-tape.ts'
import { PastFailures } from './FailurePanel.tsx'
import { ItemPanel } from './ItemPanel.tsx'
import { JsonView } from './JsonView.tsx'
import { LogToolbar } from './LogPanel.tsx'
import { PastLog } from './PastLog.tsx'
import { PAST_TABS, RunTabList, tabOf } from './RunTabList.tsx'
import { Skeleton } from './Skeleton.tsx'
import { Timeline } from './Timeline.tsx'
import './RunTabs.css'

const GraphPanel = lazy(() => import('./GraphPanel.tsx').then(({ GraphPanel }) => ({ default: GraphPanel })))

interface PastTabsProps {
  readonly tape: RunTape
  readonly past: Past
  readonly params: URLSearchParams
  readonly onChange: (next: Readonly<Record<string, string>>) => void
}

/** The parts of a run's page at a moment that is past: the same as of a live one, with nothing to control. */
export function PastTabs({ tape, past: now, params, onChange }: PastTabsProps) {
  const { t } = useTexts()
  // While it plays, the numbers above keep up and the lists follow as they can.
  const past = useDeferredValue(now)
  const { run, frame, offset } = past
  const items = useMemo(() => pastItems(tape, frame), [tape, frame])
  const lines = useMemo(() => tape.lines.slice(), [tape])
  const logFilter = readLogFilter(params)
  const show = (step: string, item?: string) =>
    onChange({ tab: '', status: 'failed', step, q: '', item: item === undefined ? '' : `${step}/${item}` })
  return (
    <Tabs.Root
      className="run-tabs"
      value={tabOf(params, PAST_TABS)}
      onValueChange={(next: string) => onChange({ tab: next === 'items' ? '' : next, item: '' })}
    >
      <RunTabList tabs={PAST_TABS} counts={run.counts} />
      <Tabs.Panel value="items" className="tab-panel">
        <ItemPanel
          run={run}
          controls={undefined}
          items={items}
          logOf={({ step, id }) => <PastLog lines={lines} offset={offset} filter={{ ...EVERY_LINE, step, item: id }} />}
          filter={readItemFilter(params)}
          sort={readItemSort(params)}
          open={params.get('item') ?? ''}
          onFilter={({ status, step, q }) => onChange({ status: status ?? '', step, q })}
          onSort={(sort) => onChange({ sort: writeItemSort(sort) })}
          onOpen={(item) => onChange({ item })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="failures" className="tab-panel">
        <PastFailures items={items.list} onShow={show} />
      </Tabs.Panel>
      <Tabs.Panel value="graph" className="tab-panel">
        <Suspense fallback={<Skeleton width="60%" />}>
          <GraphPanel
            run={run}
            chosen={readItemFilter(params).step}
            onChoose={(step) => onChange({ step, tab: '', item: '' })}
          />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="logs" className="tab-panel">
        <LogToolbar
          filter={logFilter}
          onFilter={({ level, step, item, q }) => onChange({ level, logStep: step, logItem: item, logQ: q })}
        />
        <PastLog
          lines={lines}
          offset={offset}
          filter={logFilter}
          onClear={() => onChange({ level: '', logStep: '', logItem: '', logQ: '' })}
          onItem={(step, item) => onChange({ logStep: step, logItem: item })}
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
