import type { Run } from '@monofil/protocol'

/** The folder of photos that a run is about. */
export const folderOf = (run: Run): string | undefined => textIn(run.input, 'folder')

/** Where its results go. */
export const outOf = (run: Run): string | undefined => textIn(run.input, 'out')

function textIn(input: unknown, name: string): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const value: unknown = Reflect.get(input, name)
  return typeof value === 'string' ? value : undefined
}
