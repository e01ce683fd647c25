import type { ClientOptions } from '../options.ts'
import type { DownWord, UpWord } from './words.ts'

/** What a worker is told of the hub by each tab; functions do not cross. */
export interface WorkerConfig
  extends Pick<ClientOptions, 'backoff' | 'reconnect' | 'maxAttempts' | 'lingerMs' | 'silenceMs'> {
  readonly url: string
  /** Whether requests carry a credential, which the tabs are asked for. */
  readonly tokens: boolean
}

/** What a tab says to the shared worker. */
export type ToWorker =
  | UpWord
  | { readonly kind: 'config'; readonly config: WorkerConfig }
  | { readonly kind: 'who' | 'logout' }

/** What the shared worker says to a tab. */
export type FromWorker =
  | { readonly kind: 'words'; readonly words: readonly DownWord[] }
  | { readonly kind: 'lead'; readonly marker: string; readonly term: number; readonly tabs: number }
  | { readonly kind: 'logout' }
