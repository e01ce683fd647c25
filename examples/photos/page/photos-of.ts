import type { ItemList } from '@monofil/client'
import type { Item, RunState } from '@monofil/protocol'
import type { Photo } from '../src/photo.ts'

/** The step whose items are photos. */
const STEP = 'analyse'

/** The run's photos, in the order of their names. */
export function photosOf(items: ItemList): readonly Item[] {
  return items.list.filter(({ step }) => step === STEP)
}

/** Counts of the photos alone; the run's own have the other steps too. Null before the folder was looked through. */
export function photoCounts({ steps }: RunState): RunState['counts'] | null {
  const counts = steps.find(({ name }) => name === STEP)?.counts
  return counts === undefined || counts.total === 0 ? null : counts
}

/** The path of a photo below its folder. */
export function fileOf({ input, id }: Item): string {
  return typeof input === 'string' ? input : id
}

/** What was measured; null until it is. */
export function measuredOf({ result }: Item): Photo | null {
  return typeof result === 'object' && result !== null && 'thumbnail' in result ? (result as Photo) : null
}

/** A results file of a run, as the page's server gives it. */
export function resultUrl(run: Pick<RunState, 'id'>, name: string): string {
  return `/results/${encodeURIComponent(run.id)}/${name}`
}
