import type { PackedError } from './errors.ts'
import type { Opened } from './recovery.ts'
import type { WriterOptions } from './writer.ts'

export type ThreadRole = 'writer' | 'reader'

/** What the main thread asks of a thread; `epoch` is for the reader. */
export type ToThread =
  | { readonly kind: 'open'; readonly options: WriterOptions; readonly epoch: string }
  | { readonly kind: 'run'; readonly request: unknown }
  | { readonly kind: 'close' }

/** What a thread says; `failed` means that it cannot go on. */
export type FromThread =
  | { readonly kind: 'opened'; readonly opened: Opened | null }
  | { readonly kind: 'answers'; readonly answers: unknown }
  | { readonly kind: 'warning'; readonly message: string; readonly error: PackedError }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly error: PackedError }
