import type { Diagnostics, MonofilClient } from '@monofil/client'
import { flightOf } from '@monofil/client/recorder'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Deeds } from './Deeds.tsx'
import { Facts } from './Facts.tsx'
import { FlightLog } from './FlightLog.tsx'
import { TopicTable } from './TopicTable.tsx'

const TABS = ['Connection', 'Topics', 'Recorder'] as const
type Tab = (typeof TABS)[number]

export interface PanelProps {
  readonly client: MonofilClient
  readonly debug: Diagnostics
  readonly onCollapse: () => void
}

/** The panel, expanded. Not modal: the page behind it goes on. */
export function Panel({ client, debug, onCollapse }: PanelProps): ReactNode {
  const [tab, setTab] = useState<Tab>('Connection')
  const id = useId()
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => close.current?.focus(), [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    onCollapse()
  }
  return (
    <section className="panel" aria-label="Monofil devtools" onKeyDown={onKeyDown}>
      <header>
        <span className="dot" data-status={debug.status} aria-hidden="true" />
        <h2>
          Monofil <b>{debug.status}</b>
        </h2>
        <span className="quiet">{debug.rank}</span>
        <button ref={close} type="button" className="close" aria-expanded={true} onClick={onCollapse}>
          <span aria-hidden="true">×</span>
          <span className="hidden">Collapse Monofil devtools</span>
        </button>
      </header>
      <Deeds client={client} debug={debug} />
      <Tabs id={id} tab={tab} onTab={setTab} topics={Object.keys(debug.refs).length} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and without focus the keyboard could not */}
      <div className="page" role="tabpanel" tabIndex={0} id={`${id}-page`} aria-labelledby={`${id}-${tab}`}>
        {tab === 'Connection' && <Facts debug={debug} />}
        {tab === 'Topics' && <TopicTable debug={debug} />}
        {tab === 'Recorder' && <FlightLog recorder={flightOf(client)} />}
      </div>
    </section>
  )
}

interface TabsProps {
  readonly id: string
  readonly tab: Tab
  readonly onTab: (tab: Tab) => void
  readonly topics: number
}

function Tabs({ id, tab, onTab, topics }: TabsProps): ReactNode {
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      Home: -TABS.indexOf(tab),
      End: -1 - TABS.indexOf(tab),
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = (TABS.indexOf(tab) + step + TABS.length) % TABS.length
    onTab(TABS[next] ?? tab)
    list.current?.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div ref={list} className="tabs" role="tablist" aria-label="What to show" onKeyDown={onKeyDown}>
      {TABS.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`${id}-${name}`}
          aria-selected={name === tab}
          aria-controls={`${id}-page`}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onTab(name)}
        >
          {name}
          {name === 'Topics' && <span className="count">{topics}</span>}
        </button>
      ))}
    </div>
  )
}
