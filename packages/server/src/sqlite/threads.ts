import type { MonofilError } from '@monofil/protocol'
import type { Commit } from '../seams/commit.ts'
import type { Clock, Logger } from '../seams/system.ts'
import type { AnswerOf, ArgsOf, MethodOf } from './commands.ts'
import { deliverGroup } from './deliver.ts'
import { unpackError } from './errors.ts'
import type { GroupAnswer } from './group.ts'
import type { ReadAnswers } from './reader.ts'
import type { Opened } from './recovery.ts'
import { type PendingCall, startThread, ThreadLink } from './thread-link.ts'
import type { WriterOptions } from './writer.ts'

/** What the threads need of the process they run for. */
export interface ThreadsHost {
  readonly onCommit: (commit: Commit) => void
  readonly onFailure: (error: MonofilError) => void
  readonly clock: Clock
  readonly logger: Logger
  /** Commands in one commit at most. */
  readonly maxGroup: number
}

interface Links {
  readonly writer: ThreadLink
  readonly reader: ThreadLink
  readonly listening: { begun: boolean }
}

/** Reads in one request at most: the answers of all come back together. */
const MAX_READS = 32

/** The two threads of a store: one commits, one reads. */
export class Threads {
  readonly opened: Opened
  readonly #writer: ThreadLink
  readonly #reader: ThreadLink
  readonly #listening: { begun: boolean }
  readonly #clock: Clock

  private constructor(links: Links, opened: Opened, clock: Clock) {
    this.opened = opened
    this.#writer = links.writer
    this.#reader = links.reader
    this.#listening = links.listening
    this.#clock = clock
  }

  static async open(options: WriterOptions, host: ThreadsHost): Promise<Threads> {
    let epoch = ''
    const onWarning = (message: string, error: MonofilError): void =>
      host.logger.warn(message, { error: error.message })
    const onFailure = (error: MonofilError): void => {
      if (epoch !== '') host.onFailure(error)
    }
    const listening = { begun: false }
    const onCommit = (commit: Commit): void => {
      if (listening.begun) announce(commit, host)
    }
    const writer = new ThreadLink(startThread('writer'), {
      role: 'writer',
      maxCalls: host.maxGroup,
      gathers: true,
      moment: () => ({ now: host.clock.now(), monotonic: host.clock.monotonic() }),
      deliver: (calls, answers) => deliverGroup(calls, answers as readonly GroupAnswer[], { epoch, onCommit }),
      onWarning,
      onFailure,
    })
    const reader = new ThreadLink(startThread('reader'), {
      role: 'reader',
      maxCalls: MAX_READS,
      gathers: false,
      moment: () => ({ now: host.clock.now() }),
      deliver: (calls, answers) => deliverReads(calls, answers as ReadAnswers),
      onWarning,
      onFailure,
    })
    try {
      const opened = (await writer.open({ options, epoch: '' })) as Opened
      await reader.open({ options, epoch: opened.epoch })
      epoch = opened.epoch
      return new Threads({ writer, reader, listening }, opened, host.clock)
    } catch (error) {
      await Promise.allSettled([reader.close(), writer.close()])
      throw error
    }
  }

  get epoch(): string {
    return this.opened.epoch
  }

  /** From here on commits are announced. */
  announce(): void {
    this.#listening.begun = true
  }

  now(): number {
    return this.#clock.now()
  }

  write<M extends MethodOf<'write'>>(
    method: M,
    args: ArgsOf<M>,
    extra?: { readonly source?: unknown; readonly size?: number },
  ): Promise<AnswerOf<M>> {
    return this.#writer.call(method, args, extra) as Promise<AnswerOf<M>>
  }

  read<M extends MethodOf<'read'>>(method: M, args: ArgsOf<M>): Promise<AnswerOf<M>> {
    return this.#reader.call(method, args) as Promise<AnswerOf<M>>
  }

  /** Finishes what was accepted. The reader goes first: its lock on the WAL would stop the last checkpoint. */
  async close(): Promise<void> {
    const reader = this.#reader.close()
    await Promise.all([reader, this.#writer.close(reader)])
  }
}

/** A listener's mistake must not look like a failed commit to those who wait for it. */
function announce(commit: Commit, host: ThreadsHost): void {
  try {
    host.onCommit(commit)
  } catch (error) {
    host.logger.error('a commit listener threw', { seq: commit.seq, error: String(error) })
  }
}

function deliverReads(calls: readonly PendingCall[], { answers, refused }: ReadAnswers): void {
  const errors = new Map(refused.map(({ index, error }) => [index, error]))
  for (const [index, call] of calls.entries()) {
    const error = errors.get(index)
    if (error === undefined) call.resolve(answers[index])
    else call.reject(unpackError(error))
  }
}
