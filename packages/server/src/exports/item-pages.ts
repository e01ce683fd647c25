import { type Item, MonofilError, type Run } from '@monofil/protocol'
import type { ItemFilter, RunStore } from '../seams/store.ts'

/** Which items of a run are exported: those that the list of items would show. */
export type ExportFilter = Pick<ItemFilter, 'status' | 'step' | 'q'>

/** About how much of a run is in memory at a time, as JSON; with pages this small, no turn of the loop takes long. */
const PAGE_BYTES = 64 * 1024
const FIRST_LIMIT = 20
const MAX_LIMIT = 100
const SAMPLE = 8

/**
 * The items of a run in their order, page by page, each as it is when its page is read. Ends with the signal.
 * @throws `not_found` when the run is deleted meanwhile: its items end then, as if there were no more.
 */
export async function* itemPages(
  runs: Pick<RunStore, 'get' | 'items'>,
  run: Pick<Run, 'id'>,
  filter: ExportFilter,
  signal: AbortSignal,
): AsyncGenerator<readonly Item[], void, undefined> {
  let cursor: string | undefined
  let limit = FIRST_LIMIT
  do {
    signal.throwIfAborted()
    const query = { ...filter, viewer: { all: true }, runId: run.id, workflow: undefined, limit, cursor } as const
    const page = await runs.items(query)
    if (page.items.length > 0) yield page.items
    cursor = page.nextCursor ?? undefined
    // Results can be a hundred bytes or a hundred kilobytes: what comes is taken to be like what came.
    limit = Math.max(1, Math.min(MAX_LIMIT, limit * 4, Math.floor(PAGE_BYTES / averageBytes(page.items))))
  } while (cursor !== undefined)
  if ((await runs.get(run.id)) === undefined) {
    throw new MonofilError('not_found', `Run ${run.id} was deleted while it was exported.`)
  }
}

function averageBytes(items: readonly Item[]): number {
  const step = Math.max(1, Math.floor(items.length / SAMPLE))
  const sample = items.filter((_, index) => index % step === 0)
  return sample.reduce((sum, item) => sum + JSON.stringify(item).length, 1) / Math.max(1, sample.length)
}
