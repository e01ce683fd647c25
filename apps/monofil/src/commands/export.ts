import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExportOptions } from '@monofil/client'
import { ITEM_STATUSES, isId, MonofilError } from '@monofil/protocol'
import { createLogUpdate } from 'log-update'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Context, Flags } from '../context.ts'
import { formatBytes } from '../format.ts'
import { withClient } from '../hub-client.ts'
import { NewFile } from '../new-file.ts'

const FORMATS = ['csv', 'json', 'pdf', 'bundle'] as const
const LANGUAGES = ['en', 'fr'] as const
const REDRAW_MS = 100

/** `monofil export ID`: a run as a file. */
export const exportCommand: CommandSpec = {
  name: 'export',
  description: 'save a run as a file: its items, or all of it for a report',
  arguments: [{ syntax: '<id>', description: 'id of the run' }],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--format <format>', description: `one of ${FORMATS.join(', ')} (default csv)` },
    { syntax: '--output <file>', description: 'where to; - is standard output (default: the name the hub gives it)' },
    { syntax: '--force', description: 'replace a file that is there' },
    { syntax: '--status <status...>', description: `only items in these states: ${ITEM_STATUSES.join(', ')}` },
    { syntax: '--step <name>', description: 'only items of this step' },
    { syntax: '--q <text>', description: 'only items with this text' },
    { syntax: '--lang <language>', description: `of a PDF: ${LANGUAGES.join(', ')} (default en)` },
  ],
  examples: [
    'monofil export nightly --status failed',
    'monofil export nightly --format pdf --output report.pdf',
    'monofil export nightly --format json --output - | jq .run.usage',
    'monofil export nightly --format bundle',
  ],
  async action(context, [id = ''], flags) {
    const options = readOptions(id, flags)
    const output = text(flags, 'output')
    const isBinary = options.format === 'pdf' || options.format === 'bundle'
    if (output === '-' && isBinary && context.io.stdout.isTTY === true) {
      throw new CommandError('--output -: this file is not text, so not for a terminal: send it to a file or a pipe.', {
        exitCode: 2,
      })
    }
    await withClient(context, async ({ api }) => {
      // Before it is asked for: the hub makes no file that cannot be kept.
      if (output !== undefined && output !== '-')
        await NewFile.check(resolved(context, output), flags['force'] === true)
      const { signal } = context.stop
      const response = await api.runs.export(id, { ...options, signal })
      if (output === '-') await toPipe(context, response)
      else await toFile(context, response, output ?? nameOf(response, id, options.format), flags['force'] === true)
    })
    return 0
  },
}

function readOptions(id: string, flags: Flags): ExportOptions {
  if (!isId(id)) throw new CommandError(`${JSON.stringify(id)} is no id of a run.`, { exitCode: 2 })
  const format = oneOf('format', flags['format'], FORMATS) ?? 'csv'
  const given: readonly unknown[] | undefined = Array.isArray(flags['status']) ? flags['status'] : undefined
  const status = given?.flatMap((value) => oneOf('status', value, ITEM_STATUSES) ?? [])
  const step = text(flags, 'step')
  const q = text(flags, 'q')
  if (format === 'bundle' && (status ?? step ?? q) !== undefined) {
    throw new CommandError('A bundle has all of a run: --status, --step and --q are for csv, json and pdf.', {
      exitCode: 2,
    })
  }
  return { format, status, step, q, lang: oneOf('lang', flags['lang'], LANGUAGES) }
}

function oneOf<T extends string>(name: string, value: unknown, known: readonly T[]): T | undefined {
  const found = known.find((one) => one === value)
  if (value === undefined || found !== undefined) return found
  throw new CommandError(`--${name}: ${JSON.stringify(value)} is not one of ${known.join(', ')}.`, { exitCode: 2 })
}

function text(flags: Flags, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The hub's name for it; another one where that is no plain name, since it would say where in the file system. */
function nameOf(response: Response, id: string, format: string): string {
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  if (name !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name
  return `${id.replaceAll(':', '-')}.${format === 'bundle' ? 'monofil-run.json.gz' : format}`
}

const resolved = ({ io }: Context, name: string): string => resolve(io.cwd, name)

async function toPipe({ io, stop }: Context, response: Response): Promise<void> {
  try {
    await pipeline(bytesOf(response), io.stdout, { end: false })
  } catch (error) {
    throw broken(error, stop.signal)
  }
}

async function toFile(context: Context, response: Response, name: string, force: boolean): Promise<void> {
  const file = await NewFile.open(resolved(context, name), force)
  const shown = new Shown(context)
  let bytes = 0
  try {
    for await (const chunk of bytesOf(response)) {
      await file.write(chunk)
      bytes += chunk.length
      shown.show(`${name}  ${formatBytes(bytes)}`)
    }
    await file.keep()
  } catch (error) {
    await file.discard()
    throw error instanceof CommandError ? error : broken(error, context.stop.signal)
  } finally {
    shown.clear()
  }
  context.print(context.json ? JSON.stringify({ file: name, bytes }) : `Saved ${name} (${formatBytes(bytes)}).`)
}

async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body !== null) yield* Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
}

/** Why a file is not whole. What the disk says is said as it is. */
function broken(error: unknown, stopped: AbortSignal): Error {
  if (stopped.aborted) return new CommandError('Stopped: nothing was saved.')
  if (error instanceof Error && 'syscall' in error) return new CommandError(error.message, { cause: error })
  return new MonofilError(
    'internal',
    'The hub could not make the file whole, and nothing was saved: its log says why.',
    {
      cause: error,
    },
  )
}

/** How much has come, on a terminal; nothing elsewhere. */
class Shown {
  readonly #update: ReturnType<typeof createLogUpdate> | undefined
  #at = 0

  constructor({ io, json }: Context) {
    this.#update = io.stderr.isTTY === true && !json ? createLogUpdate(io.stderr) : undefined
  }

  show(line: string): void {
    if (this.#update === undefined || performance.now() - this.#at < REDRAW_MS) return
    this.#at = performance.now()
    this.#update(line)
  }

  clear(): void {
    this.#update?.clear()
  }
}
