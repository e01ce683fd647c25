import { commands } from './commands.ts'
import { type Connection, openReader } from './database.ts'
import { asStoreError, type PackedError, packError } from './errors.ts'
import type { ReadContext } from './tx.ts'

/** Reads that arrived while the last ones were answered: method and arguments in turn. */
export interface ReadRequest {
  readonly now: number
  readonly calls: readonly unknown[]
}

/** One answer per call; undefined where it was refused. */
export interface ReadAnswers {
  readonly answers: readonly unknown[]
  readonly refused: readonly { readonly index: number; readonly error: PackedError }[]
}

interface AnyRead {
  readonly kind: string
  readonly run: (db: Connection, args: never, context: ReadContext) => unknown
}

/** Serves reads on a connection of its own, so that they never wait for a commit nor delay one. */
export class Reader {
  readonly #db: Connection
  readonly #epoch: string

  constructor(path: string, epoch: string) {
    this.#db = openReader(path)
    this.#epoch = epoch
  }

  run(request: ReadRequest): ReadAnswers {
    const answers: unknown[] = []
    const refused: { index: number; error: PackedError }[] = []
    const context = { epoch: this.#epoch, now: request.now }
    for (let i = 0; i < request.calls.length; i += 2) {
      const method = request.calls[i] as string
      try {
        answers.push(this.#one(method, request.calls[i + 1], context))
      } catch (error) {
        answers.push(undefined)
        refused.push({ index: i / 2, error: packError(asStoreError(error, method)) })
      }
    }
    return { answers, refused }
  }

  #one(method: string, args: unknown, context: ReadContext): unknown {
    const command = (commands as Readonly<Record<string, { readonly kind: string }>>)[method]
    if (command?.kind !== 'read') throw new TypeError(`there is no read command ${method}`)
    this.#db.prepare('BEGIN').run()
    try {
      return (command as AnyRead).run(this.#db, args as never, context)
    } finally {
      if (this.#db.isTransaction) this.#db.prepare('COMMIT').run()
    }
  }

  close(): void {
    this.#db.close()
  }
}
