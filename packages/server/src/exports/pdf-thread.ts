import { parentPort, workerData } from 'node:worker_threads'
import { PdfDocument } from './pdf-document.ts'
import type { PdfSubject } from './pdf-facts.ts'
import type { FromPdfThread, ToPdfThread } from './pdf-messages.ts'

const port = parentPort
if (port === null) throw new TypeError('this file is the thread that makes a PDF')
const say = (message: FromPdfThread): void => port.postMessage(message)

const document = new PdfDocument(workerData as PdfSubject)
port.on('message', ({ items }: ToPdfThread) => {
  if (items === null) document.end()
  else document.add(items)
  for (const bytes of document.take()) {
    const message: FromPdfThread = { kind: 'bytes', bytes }
    port.postMessage(message, [bytes.buffer])
  }
  say({ kind: items === null ? 'done' : 'more' })
})
say({ kind: 'more' })
