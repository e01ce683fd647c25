import type { Item, ItemStatus, RunState } from '@monofil/protocol'
import { type ReactNode, useCallback, useState } from 'react'
import { Details } from './Details.tsx'
import { photoCounts } from './photos-of.ts'
import { ITEM_WORDS } from './StateIcon.tsx'
import { Tile } from './Tile.tsx'
import { count } from './words.ts'

const PAGE = 300
const FILTERS: readonly ItemStatus[] = ['failed', 'running', 'retrying', 'completed', 'queued', 'cancelled']

/** The photos, each with its state; pressed, one is shown whole. */
export function Grid({ run, photos }: { readonly run: RunState; readonly photos: readonly Item[] }): ReactNode {
  const [filter, setFilter] = useState<ItemStatus | null>(null)
  const [shown, setShown] = useState(PAGE)
  const [opened, open] = useState<string | null>(null)
  const openOne = useCallback((item: Item) => open(item.id), [])
  const counts = photoCounts(run)
  const some = filter === null ? photos : photos.filter(({ status }) => status === filter)
  const one = photos.find(({ id }) => id === opened)
  if (counts === null) return <p className="empty">The folder is being looked through.</p>
  const choose = (next: ItemStatus | null) => {
    setFilter(next)
    setShown(PAGE)
  }
  return (
    <section aria-label="Photos" className="photos">
      <fieldset className="filters" aria-label="Which photos">
        <button type="button" aria-pressed={filter === null} onClick={() => choose(null)}>
          All <b>{count(photos.length)}</b>
        </button>
        {FILTERS.filter((status) => counts[status] > 0 || status === filter).map((status) => (
          <button key={status} type="button" aria-pressed={filter === status} onClick={() => choose(status)}>
            {ITEM_WORDS[status]} <b>{count(counts[status])}</b>
          </button>
        ))}
      </fieldset>
      {some.length === 0 ? (
        <p className="empty">None now.</p>
      ) : (
        <ul className="grid">
          {some.slice(0, shown).map((item) => (
            <Tile key={item.id} item={item} runId={run.id} onOpen={openOne} />
          ))}
        </ul>
      )}
      {some.length > shown && (
        <button type="button" className="more" onClick={() => setShown(shown + PAGE)}>
          Show {count(Math.min(PAGE, some.length - shown))} more of {count(some.length)}
        </button>
      )}
      {one !== undefined && <Details item={one} run={run} onClose={() => open(null)} />}
    </section>
  )
}
