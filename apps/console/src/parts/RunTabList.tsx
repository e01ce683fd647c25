import { Tabs } from '@base-ui/react/tabs'
import type { Counts } from '@monofil/protocol'
import { useTexts } from '../lib/context.ts'
import './RunTabs.css'

const TABS = ['items', 'failures', 'graph', 'charts', 'logs', 'data', 'timeline'] as const
type Tab = (typeof TABS)[number]

/** Of a moment that is past there are no charts: they are of the whole run. */
export const PAST_TABS: readonly Tab[] = TABS.filter((name) => name !== 'charts')

/** The part of a run's page that a URL names; the items when it names none. */
export function tabOf(params: URLSearchParams, tabs: readonly Tab[] = TABS): Tab {
  return tabs.find((known) => known === params.get('tab')) ?? 'items'
}

interface RunTabListProps {
  readonly counts: Counts
  readonly tabs?: readonly Tab[]
}

/** The parts of a run's page by name, with how many there are where that says something. */
export function RunTabList({ counts, tabs = TABS }: RunTabListProps) {
  const { t } = useTexts()
  const shown: Partial<Record<Tab, number>> = { items: counts.total, failures: counts.failed }
  return (
    <Tabs.List className="tab-list" aria-label={t.run.tabs.label}>
      {tabs.map((name) => (
        <Tabs.Tab key={name} value={name} className="tab">
          {t.run.tabs[name]}
          <TabCount count={shown[name] ?? 0} isAlarm={name === 'failures'} />
        </Tabs.Tab>
      ))}
    </Tabs.List>
  )
}

function TabCount({ count, isAlarm }: { readonly count: number; readonly isAlarm: boolean }) {
  const { f } = useTexts()
  if (count === 0) return null
  return <span className={`tab-count figure${isAlarm ? ' is-failed' : ''}`}>{f.number(count)}</span>
}
