import type { Item } from '@monofil/protocol'

/** To the thread that makes a PDF: one for each `more`. */
export type ToPdfThread = { readonly items: readonly Item[] } | { readonly items: null }

/** From it; `done` is the last. */
export type FromPdfThread =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'more' }
  | { readonly kind: 'done' }
