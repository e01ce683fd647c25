import { parentPort, workerData } from 'node:worker_threads'
import { asStoreError, packError } from './errors.ts'
import type { GroupRequest } from './group.ts'
import { Reader, type ReadRequest } from './reader.ts'
import type { FromThread, ThreadRole, ToThread } from './thread-messages.ts'
import { Writer } from './writer.ts'

/**
 * The entry of both threads: the writer opens the database, the reader waits to be told that it is there. Each answers
 * one request at a time.
 */
function main(role: ThreadRole): void {
  const port = parentPort
  if (port === null) throw new TypeError('sqlite/thread is the entry of a worker thread')
  const post = (message: FromThread): void => port.postMessage(message)
  let writer: Writer | undefined
  let reader: Reader | undefined

  function open(message: Extract<ToThread, { kind: 'open' }>): void {
    if (role === 'writer') {
      writer = new Writer(message.options)
      post({ kind: 'opened', opened: writer.opened })
    } else {
      reader = new Reader(message.options.path, message.epoch)
      post({ kind: 'opened', opened: null })
    }
  }

  function run(request: unknown): void {
    if (writer !== undefined) {
      post({ kind: 'answers', answers: writer.run(request as GroupRequest) })
      tidy(writer)
    } else if (reader !== undefined) {
      post({ kind: 'answers', answers: reader.run(request as ReadRequest) })
    }
  }

  function tidy(opened: Writer): void {
    try {
      opened.tidy()
    } catch (error) {
      // Nothing is lost while the WAL is not copied; it grows until a later attempt succeeds.
      const message = 'the write-ahead log could not be copied into the database'
      post({ kind: 'warning', message, error: packError(asStoreError(error, 'A checkpoint')) })
    }
  }

  function close(): void {
    writer?.close()
    reader?.close()
    post({ kind: 'closed' })
    port?.close()
  }

  port.on('message', (message: ToThread) => {
    try {
      if (message.kind === 'run') run(message.request)
      else if (message.kind === 'open') open(message)
      else close()
    } catch (error) {
      post({ kind: 'failed', error: packError(asStoreError(error, `The store's ${role}`)) })
    }
  })
}

main(workerData as ThreadRole)
