import type { LogsFilter, MonofilClient } from '@monofil/client'
import { isId, LOG_LEVELS, type LogLine, MonofilError, topicOfRun } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Context, Flags } from '../context.ts'
import { errorOfEnd } from '../ends.ts'
import { formatCount } from '../format.ts'
import { withClient } from '../hub-client.ts'
import { oneLine } from '../summary.ts'

const PAGE = 200
const RETRY_MS = 1000

/** `monofil logs ID`: what a run's handlers and reporters wrote. */
export const logsCommand: CommandSpec = {
  name: 'logs',
  description: 'print the log of a run, oldest line first',
  arguments: [{ syntax: '<id>', description: 'id of the run' }],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--follow', description: 'go on with what is written, until the run is over' },
    { syntax: '--level <level>', description: `this level and those above it: ${LOG_LEVELS.join(', ')}` },
    { syntax: '--item <id>', description: 'only lines of this item' },
    { syntax: '--step <name>', description: 'only lines of this step' },
    { syntax: '--q <text>', description: 'only lines with this text' },
    { syntax: '--tail <n>', description: 'begin with the newest n lines (default: with the oldest)' },
  ],
  examples: ['monofil logs nightly --level warn', 'monofil logs nightly --follow --tail 20 --item analyse:3'],
  async action(context, [id = ''], flags) {
    const options = readOptions(id, flags)
    await withClient(context, async (client) => {
      const log = new LogReading(client, context, id, options)
      if (flags['follow'] === true) await follow(client, context, id, log)
      else await log.toEnd()
    })
    return 0
  },
}

interface Options {
  readonly filter: LogsFilter
  readonly tail: number | undefined
}

function readOptions(id: string, flags: Flags): Options {
  const text = (name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined)
  if (!isId(id)) throw new CommandError(`${JSON.stringify(id)} is no id of a run.`, { exitCode: 2 })
  const level = LOG_LEVELS.find((known) => known === flags['level'])
  if (level === undefined && flags['level'] !== undefined) {
    const message = `--level: ${JSON.stringify(flags['level'])} is not one of ${LOG_LEVELS.join(', ')}.`
    throw new CommandError(message, { exitCode: 2 })
  }
  const tail = flags['tail'] === undefined ? undefined : Number(flags['tail'])
  if (tail !== undefined && (!Number.isSafeInteger(tail) || tail < 0)) {
    throw new CommandError(`--tail: ${JSON.stringify(flags['tail'])} is not a whole number from 0.`, { exitCode: 2 })
  }
  return { filter: { level, item: text('item'), step: text('step'), q: text('q') }, tail }
}

/** Reads a run's log to its end, again and again from where it was: no line is lost, and none is printed twice. */
class LogReading {
  readonly #client: MonofilClient
  readonly #context: Context
  readonly #id: string
  readonly #options: Options
  #cursor: string | undefined
  #begun = false

  constructor(client: MonofilClient, context: Context, id: string, options: Options) {
    this.#client = client
    this.#context = context
    this.#id = id
    this.#options = options
  }

  /** Prints all that was written since the last call. */
  async toEnd(): Promise<void> {
    if (!this.#begun && this.#options.tail !== undefined) {
      await this.#tail(this.#options.tail)
      return
    }
    for (;;) {
      const page = await this.#page({ limit: PAGE, cursor: this.#cursor })
      this.#tellCut(page.cut)
      for (const line of page.items) this.#print(line)
      // After the last page, where the run's log ends, whatever the filter shows of it.
      this.#cursor = page.nextCursor ?? page.newest
      if (page.nextCursor === null) return
    }
  }

  async #tail(count: number): Promise<void> {
    const lines: LogLine[] = []
    let end: string | undefined
    for (let cursor: string | undefined; ; ) {
      const limit = Math.max(1, Math.min(PAGE, count - lines.length))
      const page = await this.#page({ limit, cursor, order: 'desc' })
      end ??= page.newest
      lines.push(...page.items.slice(0, count - lines.length))
      cursor = page.nextCursor ?? undefined
      if (cursor === undefined || lines.length >= count) break
    }
    this.#begun = true
    this.#cursor = end
    for (const line of lines.reverse()) this.#print(line)
  }

  #page(page: LogsFilter) {
    return this.#client.api.runs.logs(this.#id, { ...this.#options.filter, ...page })
  }

  #tellCut(cut: number): void {
    if (!this.#begun && cut > 0 && !this.#context.json) {
      const { io, paint } = this.#context
      io.stderr.write(`${paint.faint(`${formatCount(cut)} older lines are gone: a run keeps only so many.`)}\n`)
    }
    this.#begun = true
  }

  #print(line: LogLine): void {
    this.#context.print(this.#context.json ? JSON.stringify(line) : describeLine(line, this.#context))
  }
}

/** Prints what there is, then what comes, until the run's round is over or somebody stops it. */
async function follow(client: MonofilClient, context: Context, id: string, log: LogReading): Promise<void> {
  let wake = Promise.withResolvers<void>()
  let isOver = false
  let refusal: Error | undefined
  const tell = (): void => wake.resolve()
  // The stream says that there is something; what it is is read by its place in the log.
  const unsubscribe = client.subscribe(topicOfRun(id), {
    onEvent: tell,
    onSnapshot: tell,
    onGap: tell,
    onEnd(end) {
      isOver = true
      if (end.reason !== 'finished') refusal = errorOfEnd(topicOfRun(id), end)
      tell()
    },
  })
  const unsubscribeConnection = client.connection.subscribe(() => {
    const { status, lastError } = client.connection.get()
    if (status !== 'failed') return
    isOver = true
    refusal = lastError ?? new MonofilError('node_unreachable', 'The hub refused the stream.')
    tell()
  })
  context.stop.signal.addEventListener('abort', tell, { once: true })
  try {
    while (!context.stop.signal.aborted) {
      wake = Promise.withResolvers<void>()
      const last = isOver
      if (last && refusal !== undefined) throw refusal
      if (!(await readOn(log))) setTimeout(tell, RETRY_MS)
      else if (last) return
      await wake.promise
    }
  } finally {
    unsubscribe()
    unsubscribeConnection()
    context.stop.signal.removeEventListener('abort', tell)
  }
}

/** Answers whether it came to the end; a hub that is away for a moment is no reason to stop following. */
async function readOn(log: LogReading): Promise<boolean> {
  try {
    await log.toEnd()
    return true
  } catch (error) {
    if (MonofilError.is(error) && error.retryable) return false
    throw error
  }
}

function describeLine(line: LogLine, { paint }: Context): string {
  const paints = { debug: paint.faint, info: paint.plain, warn: paint.warn, error: paint.status('failed') }
  const colour = paints[line.level]
  const data = line.data === undefined ? '' : ` ${paint.faint(oneLine(JSON.stringify(line.data), 2000))}`
  const item = line.item === null ? '' : `${paint.strong(line.item)} `
  const at = paint.faint(line.at.replace('T', ' ').slice(0, 23))
  return `${at} ${colour(line.level.padEnd(5))} ${item}${colour(oneLine(line.message, 10_000))}${data}`
}
