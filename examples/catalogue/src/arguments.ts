import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SETTINGS_HELP } from '@monofil/example-models'
import { CommandError } from 'monofil'
import { OFFLINE } from './run-input.ts'

/** What was asked for. */
export interface Arguments {
  readonly help: boolean
  /** Null: the samples. */
  readonly folder: string | null
  readonly out: string
  readonly model: string
  readonly language: 'en' | 'fr'
  readonly data: string
  readonly port: number
  /** Of the page; 0: any free one. */
  readonly pagePort: number
  /** Whether runs are started by the page alone. */
  readonly page: boolean
  /** Whether the page stays up at the end where there is no terminal. */
  readonly serve: boolean
}

export const HELP = `Makes a shop's catalogue of a folder of data sheets: extracts products, then enriches them.

Usage: npm run catalogue -- [folder] [options]

  folder          Data sheets (PDF, DOCX, TXT). Nothing in it is changed. Default: sample data sheets, made once.
  --out FOLDER    Where catalogue.json and catalogue.csv go. Default: catalogue-out in the current folder.
  --model NAME    A model of the endpoint below, or "offline". Default: MODEL_NAME where an endpoint is set, else offline.
  --language L    Of the shop's texts: en or fr. Default: en
  --data FOLDER   Where Monofil keeps its runs and the samples. Default: .monofil
  --port NUMBER   Where the console is served, on this machine only; 0 takes a free port. Default: 4000
  --page-port N   Where the page is served. Default: the next after --port; a free one where that is taken.
  --page          Starts nothing: the page's buttons do. Ends with Ctrl-C.
  --serve         Keeps the page up at the end until Ctrl-C, also where there is no terminal.
  --help          Shows this.

${SETTINGS_HELP}

Exit code: 0 when the catalogue is there (a warning says how many data sheets could not be read), 1 when a run failed or
could not begin, 2 for wrong usage, 130 when it was interrupted.
`

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  out: { type: 'string' },
  model: { type: 'string' },
  language: { type: 'string' },
  data: { type: 'string' },
  port: { type: 'string' },
  'page-port': { type: 'string' },
  page: { type: 'boolean' },
  serve: { type: 'boolean' },
} as const

/** Reads the command line. @throws CommandError with exit code 2 that says what is wrong and what is accepted. */
export function readArguments(argv: readonly string[], model: string = OFFLINE): Arguments {
  const { values, positionals } = parse(argv)
  if (positionals.length > 1) throw usage('One folder at a time: a name with spaces needs quotes')
  const { language = 'en' } = values
  if (language !== 'en' && language !== 'fr') throw usage(`--language takes en or fr, not "${language}"`)
  if (positionals[0] === '' || values.out === '' || values.data === '') throw usage('A folder needs a name')
  const port = portOf('--port', values.port ?? '4000')
  const next = port === 0 || port === 65_535 ? 0 : port + 1
  return {
    help: values.help ?? false,
    folder: positionals[0] === undefined ? null : resolve(positionals[0]),
    out: resolve(values.out ?? 'catalogue-out'),
    model: values.model ?? model,
    language,
    data: resolve(values.data ?? '.monofil'),
    port,
    pagePort: values['page-port'] === undefined ? next : portOf('--page-port', values['page-port']),
    page: values.page ?? false,
    serve: values.serve ?? false,
  }
}

/** Where the sample data sheets are, in the data folder. */
export function samplesFolder(data: string): string {
  return join(data, 'sample-data-sheets')
}

function portOf(name: string, value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  throw usage(`${name} takes a number from 0 to 65535, not "${value}"`)
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS })
  } catch (error) {
    throw usage(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error))
  }
}

function usage(what: string): CommandError {
  return new CommandError(`${what}. See npm run catalogue -- --help`, { exitCode: 2 })
}
