import { Tabs } from '@base-ui/react/tabs'
import type { Counts } from '@monofil/protocol'
import { useTexts } from '../lib/context.ts'
import './RunTabs.css'

const TABS = ['items', 'failures', 'logs', 'data', 'timeline'] as const

/** The part of a run's page that a URL names; the items when it names none. */
export function tabOf(params: URLSearchParams): (typeof TABS)[number] {
  return TABS.find((known) => known === params.get('tab')) ?? 'items'
}

/** The parts of a run's page by name, with how many there are where that says something. */
export function RunTabList({ counts }: { readonly counts: Counts }) {
  const { t, f } = useTexts()
  const shown = { items: counts.total, failures: counts.failed, logs: 0, data: 0, timeline: 0 }
  return (
    <Tabs.List className="tab-list" aria-label={t.run.tabs.label}>
      {TABS.map((name) => (
        <Tabs.Tab key={name} value={name} className="tab">
          {t.run.tabs[name]}
          {shown[name] > 0 && (
            <span className={`tab-count figure${name === 'failures' ? ' is-failed' : ''}`}>
              {f.number(shown[name])}
            </span>
          )}
        </Tabs.Tab>
      ))}
    </Tabs.List>
  )
}
