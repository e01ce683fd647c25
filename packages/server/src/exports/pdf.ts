import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Item } from '@monofil/protocol'
import type { PdfSubject } from './pdf-facts.ts'
import type { FromPdfThread, ToPdfThread } from './pdf-messages.ts'

/** What the thread may take: a PDF of 20,000 items has taken less than half. A larger one fails, and not the hub. */
const MAX_HEAP_MB = 1_024

/**
 * The items of a run as a PDF, made in a thread of its own: setting 10,000 rows takes seconds, and the hub's loop has
 * streams to serve. The thread is given a page of items when what it made of the last one was taken.
 */
export async function* pdfExport(
  subject: PdfSubject,
  pages: AsyncIterator<readonly Item[], void>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const worker = startThread(subject)
  try {
    for await (const [message] of on(worker, 'message', { signal }) as AsyncIterable<[FromPdfThread]>) {
      if (message.kind === 'done') return
      if (message.kind === 'bytes') yield message.bytes
      else {
        const page = await pages.next()
        const next: ToPdfThread = { items: page.done === true ? null : page.value }
        worker.postMessage(next)
      }
    }
  } finally {
    await worker.terminate()
    await pages.return?.()
  }
}

function startThread(subject: PdfSubject): Worker {
  const source = import.meta.url.endsWith('.ts')
  const url = new URL(source ? './pdf-thread.ts' : './pdf-thread.js', import.meta.url)
  return new Worker(url, {
    workerData: subject,
    // Run from source, a worker does not inherit the condition under which the packages name their sources.
    execArgv: source ? ['--conditions=@monofil/source'] : [],
    name: 'monofil-pdf',
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  })
}
