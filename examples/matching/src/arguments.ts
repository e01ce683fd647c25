import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SETTINGS_HELP } from '@monofil/example-models'
import { CommandError } from 'monofil'
import { type Language, PROJECTS } from './projects.ts'

/** What was asked for; null: the samples, or what the endpoint says. */
export interface Arguments {
  readonly help: boolean
  readonly folder: string | null
  readonly project: string
  readonly top: number
  readonly model: string | null
  readonly language: Language
  readonly port: number
  readonly data: string
  /** Of the page; 0: any free one. */
  readonly pagePort: number
  /** Whether the page stays up at the end where there is no terminal. */
  readonly serve: boolean
}

export const HELP = `Holds CVs against a project's must-have criteria, live in this terminal and in the browser.

Usage: npm run matching -- [folder] [options]

  folder             The CVs (PDF, DOCX), at most 500. Nothing in it is changed.
                     Default: 11 sample CVs of people who do not exist, written once into the data folder.

  --project ID       What people are sought for. Default: p1
${PROJECTS.map(({ id, name, musts }) => `                       ${id}  ${name.en}: ${musts.map(({ says }) => says.en).join('; ')}`).join('\n')}
  --top NUMBER       How many of those who pass are looked at closely, 1 to 50. Default: 3
  --model NAME       A model of the endpoint, or "offline". Default: MODEL_NAME, else the first one the endpoint names;
                     offline where MODEL_URL is not set.
  --language en|fr   Of the reasons. Default: en
  --data FOLDER      Where Monofil keeps its runs, the samples and uploads. Default: .monofil
  --port NUMBER      Where the console is served, on this machine only; 0 takes a free port. Default: 4000
  --page-port NUMBER Where the page is served. Default: the next after --port; a free one where that is taken.
  --serve            Keeps page and console up at the end until Ctrl-C, also where there is no terminal.
  --help             Shows this.

Settings of the model, read from the environment:
${SETTINGS_HELP}
Exit code: 0 when the run is completed, or partial (some CVs could not be read: they are named), also when nobody
passed; 1 when it failed, was cancelled, or could not begin; 2 for wrong usage; 130 when it was interrupted.

Examples:
  npm run matching
  npm run matching -- ~/CVs --project p2 --top 5
  MODEL_URL=http://127.0.0.1:11434/v1 npm run matching -- --model llama3.2
`

/** Reads the command line. @throws CommandError with exit code 2 that says what is wrong and what is accepted. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv)
  if (positionals.length > 1) {
    throw usage(`One folder at a time, not ${positionals.length}: a name with spaces needs quotes`)
  }
  const port = whole('--port', values.port ?? '4000', [0, 65_535])
  const [folder] = positionals
  if (folder === '' || values.data === '') throw usage('A folder needs a name')
  if (values.model === '') throw usage('--model takes a name, or "offline"')
  const ids = PROJECTS.map(({ id }) => id)
  return {
    help: values.help ?? false,
    folder: folder === undefined ? null : resolve(folder),
    project: oneOf('--project', values.project ?? 'p1', ids),
    top: whole('--top', values.top ?? '3', [1, 50]),
    model: values.model ?? null,
    language: oneOf('--language', values.language ?? 'en', ['en', 'fr']),
    port,
    data: resolve(values.data ?? '.monofil'),
    pagePort: whole('--page-port', values['page-port'] ?? String(nextPort(port)), [0, 65_535]),
    serve: values.serve ?? false,
  }
}

/** Where the sample CVs are, in the data folder. */
export function samplesFolder(data: string): string {
  return join(data, 'sample-cvs')
}

function whole(name: string, value: string, [min, max]: readonly [number, number]): number {
  if (/^\d{1,5}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
  throw usage(`${name} takes a number from ${min} to ${max}, not "${value}"`)
}

function oneOf<T extends string>(name: string, value: string, accepted: readonly T[]): T {
  const found = accepted.find((one) => one === value)
  if (found === undefined) throw usage(`${name} takes one of ${accepted.join(', ')}, not "${value}"`)
  return found
}

function nextPort(port: number): number {
  return port === 0 || port === 65_535 ? 0 : port + 1
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        project: { type: 'string' },
        top: { type: 'string' },
        model: { type: 'string' },
        language: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        'page-port': { type: 'string' },
        serve: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw usage(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error))
  }
}

function usage(what: string): CommandError {
  return new CommandError(`${what}. See npm run matching -- --help`, { exitCode: 2 })
}
