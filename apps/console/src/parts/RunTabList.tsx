import { Tabs } from '@base-ui/react/tabs'
import type { Counts } from '@monofil/protocol'
import { useTexts } from '../lib/context.ts'
import './RunTabs.css'

/** The parts of a live run's page, as the URL names them. */
export const LIVE_TABS = ['items', 'failures', 'graph', 'charts', 'logs', 'data', 'timeline'] as const
/** Those of a moment that is past: charts are of the whole run. */
export const PAST_TABS = ['items', 'failures', 'graph', 'logs', 'data', 'timeline'] as const
type Tab = (typeof LIVE_TABS)[number]

/** The part of a run's page that a URL names; the items when it names none. */
export function tabOf(params: URLSearchParams, tabs: readonly Tab[]): Tab {
  return tabs.find((known) => known === params.get('tab')) ?? 'items'
}

/** The parts of a run's page by name, with how many there are where that says something. */
export function RunTabList({ tabs, counts }: { readonly tabs: readonly Tab[]; readonly counts: Counts }) {
  const { t, f } = useTexts()
  const shown: Partial<Record<Tab, number>> = { items: counts.total, failures: counts.failed }
  return (
    <Tabs.List className="tab-list" aria-label={t.run.tabs.label}>
      {tabs.map((name) => (
        <Tabs.Tab key={name} value={name} className="tab">
          {t.run.tabs[name]}
          {(shown[name] ?? 0) > 0 && (
            <span className={`tab-count figure${name === 'failures' ? ' is-failed' : ''}`}>
              {f.number(shown[name] ?? 0)}
            </span>
          )}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  )
}
