import type { Settings } from './settings/index.ts'

/** What the hub's process says to its worker process. */
export type ToWorker =
  | {
      readonly kind: 'start'
      /** The data folder whose store is open and served now. */
      readonly dir: string
      readonly files: readonly string[]
      readonly concurrency: number
      readonly textMaxChars: number
      readonly logLevel: Settings['logLevel']
    }
  | { readonly kind: 'stop'; readonly graceMs: number }

/** What the worker process says to the hub's. */
export type FromWorker =
  /** Registered, and claiming. */
  | { readonly kind: 'ready'; readonly workflows: readonly string[] }
  /** It cannot work, in words; the process ends. */
  | { readonly kind: 'refused'; readonly message: string }

/** Guards against a workflow file that sends messages of its own over the same channel. */
export function isFromWorker(value: unknown): value is FromWorker {
  return typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(value.kind)
}

const KINDS: ReadonlySet<unknown> = new Set(['ready', 'refused'])
