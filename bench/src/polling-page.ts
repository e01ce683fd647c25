/** The page that is measured: N watchers of one run, by polling as it is written by hand, or by Monofil's hook. */
import { MonofilProvider, useRun } from '@monofil/react'
import { createElement, type ReactNode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'

interface Item {
  readonly id: string
  readonly status: string
}

interface View {
  readonly status: string
  readonly completed: number
  readonly items: Iterable<Item>
}

interface Page {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

declare global {
  interface Window {
    /** When the page showed an item as completed (its number, ms since 1970), and whether it showed the run's end. */
    shown: Record<number, number>
    ended: boolean
    watching: number
  }
}

const query = new URLSearchParams(location.search)
const run = query.get('run') ?? ''
const mode = query.get('mode') ?? 'stream'
const watchers = Number(query.get('watchers'))
const EVERY_MS = 2000
const NOTHING: View = { status: 'queued', completed: 0, items: [] }

async function read<T>(path: string): Promise<T> {
  return (await (await fetch(path)).json()) as T
}

async function readAll(): Promise<View> {
  const { status, counts } = await read<{ status: string; counts: { completed: number } }>(`/v1/runs/${run}`)
  const items: Item[] = []
  let cursor: string | null = mode === 'poll' ? '' : null
  while (cursor !== null) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: Page = await read<Page>(`/v1/runs/${run}/items?limit=200${after}`)
    items.push(...page.items)
    cursor = page.nextCursor
  }
  return { status, completed: counts.completed, items }
}

function usePolled(): View {
  const [view, show] = useState(NOTHING)
  useEffect(() => {
    let busy = false
    let timer: ReturnType<typeof setInterval> | undefined
    const poll = async () => {
      if (busy) return
      busy = true
      const now = await readAll().finally(() => {
        busy = false
      })
      show(now)
      if (now.status === 'completed') clearInterval(timer)
    }
    // Components of a page mount together; their timers drift apart.
    const start = setTimeout(() => {
      timer = setInterval(() => void poll(), EVERY_MS)
      void poll().then(() => (window.watching += 1))
    }, Math.random() * EVERY_MS)
    return () => {
      clearTimeout(start)
      clearInterval(timer)
    }
  }, [])
  return view
}

function useStreamed(): View {
  const { run: known, items } = useRun(run)
  const isKnown = known !== null
  useEffect(() => {
    if (isKnown) window.watching += 1
  }, [isKnown])
  return known === null ? NOTHING : { status: known.status, completed: known.counts.completed, items }
}

const useView = mode === 'stream' ? useStreamed : usePolled

/** The first watcher shows the items, all show how far it is. */
function Watcher({ first }: { first: boolean }): ReactNode {
  const { status, completed, items } = useView()
  const done = first && mode !== 'run' ? [...items].filter((item) => item.status === 'completed') : []
  return createElement(
    'section',
    null,
    createElement('progress', { max: 500, value: completed }),
    createElement('b', first ? { id: 'status', 'data-completed': completed } : null, status),
    createElement(
      'ul',
      null,
      done.map(({ id }) => createElement('li', { key: id, 'data-item': id.slice(1) }, id)),
    ),
  )
}

function look(): void {
  const now = Date.now()
  const see = (number: number) => (window.shown[number] ??= now)
  for (const item of document.querySelectorAll('[data-item]')) see(Number(item.getAttribute('data-item')))
  const status = document.querySelector('#status')
  if (mode === 'run') for (let i = Number(status?.getAttribute('data-completed')) - 1; i >= 0; i -= 1) see(i)
  if (status?.textContent === 'completed') window.ended = true
}

window.shown = {}
window.ended = false
window.watching = 0
const element = document.querySelector('#root')
if (element === null) throw new Error('no root')
new MutationObserver(look).observe(element, { subtree: true, childList: true, characterData: true, attributes: true })
const list = Array.from({ length: watchers }, (_, i) => createElement(Watcher, { key: i, first: i === 0 }))
createRoot(element).render(createElement(MonofilProvider, { url: location.origin, share: 'tab' }, list))
