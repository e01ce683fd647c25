import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CommandError } from 'monofil'

/** What was asked for; null: the sample photos, and the folder that goes with them. */
export interface Arguments {
  readonly help: boolean
  readonly folder: string | null
  readonly port: number
  readonly data: string
  readonly out: string | null
  /** Of the page; 0: any free one. */
  readonly pagePort: number
  /** Whether the page stays up at the end where there is no terminal. */
  readonly serve: boolean
}

export const HELP = `Makes an inventory of a folder of photos, live in this terminal and in the browser.

Usage: npm run photos -- [folder] [options]

  folder          The photos: all pictures in it and below. Nothing in it is changed.
                  Default: 48 sample photos, drawn once into the data folder (CC0).

  --out FOLDER    Where the results go: index.html (a contact sheet to look at), inventory.csv, inventory.json and
                  thumbnails. Results of an earlier run in it are replaced.
                  Default: photos-out/ and the name of the folder, in the current folder.
  --data FOLDER   Where Monofil keeps its runs and the sample photos. Default: .monofil
  --port NUMBER   Where the console is served, on this machine only; 0 takes a free port. Default: 4000
  --page-port NUMBER
                  Where the page of the photos is served, on this machine only. Default: the next after --port; a free
                  one where that is taken.
  --serve         Keeps page and console up at the end until Ctrl-C, also where there is no terminal.
  --help          Shows this.

The page of the run is printed at once: live, with pause, cancel and a retry of what failed. Ctrl-C stops; the next
start goes on where it stopped, as it does after a crash: photos that are done are not done again. On a terminal page
and console stay up at the end until Ctrl-C; elsewhere the command ends with the run.

Exit code: 0 when the run is completed, or partial (some photos could not be read: a warning says how many);
1 when it failed, was cancelled, or could not begin; 2 for wrong usage; 130 when it was interrupted before its end.

Examples:
  npm run photos
  npm run photos -- ~/Pictures
  npm run photos -- ~/Pictures/2024 --out ./inventory-2024 --port 0
`

/** Reads the command line. @throws CommandError with exit code 2 that says what is wrong and what is accepted. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv)
  if (positionals.length > 1) {
    throw usage(`One folder at a time, not ${positionals.length}: a name with spaces needs quotes`)
  }
  const port = portOf('--port', values.port ?? '4000')
  const [folder] = positionals
  if (folder === '' || values.out === '' || values.data === '') throw usage('A folder needs a name')
  return {
    help: values.help ?? false,
    folder: folder === undefined ? null : resolve(folder),
    port,
    data: resolve(values.data ?? '.monofil'),
    out: values.out === undefined ? null : resolve(values.out),
    pagePort: values['page-port'] === undefined ? nextPort(port) : portOf('--page-port', values['page-port']),
    serve: values.serve ?? false,
  }
}

function portOf(name: string, value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  throw usage(`${name} takes a number from 0 to 65535, not "${value}"`)
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
        port: { type: 'string' },
        data: { type: 'string' },
        out: { type: 'string' },
        'page-port': { type: 'string' },
        serve: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw usage(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error))
  }
}

function usage(what: string): CommandError {
  return new CommandError(`${what}. See npm run photos -- --help`, { exitCode: 2 })
}

/**
 * The results' folder for a photos folder: its name, and a few digits of its whole path, so that two folders of one
 * name do not overwrite each other and the same one finds its own again.
 */
export function defaultOut(folder: string, samples: string): string {
  if (folder === samples) return resolve('photos-out', 'samples')
  const digits = createHash('sha256').update(folder).digest('hex').slice(0, 6)
  return resolve('photos-out', `${basename(folder) || 'root'}-${digits}`)
}

/** Where the sample photos are, in the data folder. */
export function samplesFolder(data: string): string {
  return join(data, 'sample-photos')
}
