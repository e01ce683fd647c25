import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CommandError } from 'monofil'

/** What was asked for. */
export interface Arguments {
  readonly help: boolean
  readonly data: string
  readonly port: number
  /** Of the page; 0: any free one. */
  readonly pagePort: number
  /** Changes per second that nobody makes; 0: none. */
  readonly simulate: number
}

export const HELP = `A shop's orders: a table that every change reaches at once, and notifications to those it concerns.

Usage: npm run orders -- [options]

  --data FOLDER   Where the orders and the hub's store are. Default: .monofil/orders
  --port NUMBER   Where the hub and its console are served, on this machine only; 0 takes a free port. Default: 4000
  --page-port N   Where the page is served. Default: the next after --port; a free one where that is taken.
  --simulate N    Makes N changes per second (0.1 to 50), for watching.
  --help          Shows this.

It ends with Ctrl-C. Exit code: 0, 1 when it could not begin or go on, 2 for wrong usage.
`

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  data: { type: 'string' },
  port: { type: 'string' },
  'page-port': { type: 'string' },
  simulate: { type: 'string' },
} as const

/** Reads the command line. @throws CommandError with exit code 2 that says what is wrong and what is accepted. */
export function readArguments(argv: readonly string[]): Arguments {
  const values = parse(argv)
  if (values.data === '') throw usage('A folder needs a name')
  const port = portOf('--port', values.port ?? '4000')
  const next = port === 0 || port === 65_535 ? 0 : port + 1
  return {
    help: values.help ?? false,
    data: resolve(values.data ?? '.monofil/orders'),
    port,
    pagePort: values['page-port'] === undefined ? next : portOf('--page-port', values['page-port']),
    simulate: values.simulate === undefined ? 0 : rateOf(values.simulate),
  }
}

function rateOf(value: string): number {
  const rate = value === '' ? Number.NaN : Number(value)
  if (rate >= 0.1 && rate <= 50) return rate
  throw usage(`--simulate takes changes per second from 0.1 to 50, not "${value}"`)
}

function portOf(name: string, value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  throw usage(`${name} takes a number from 0 to 65535, not "${value}"`)
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values
  } catch (error) {
    throw usage(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error))
  }
}

function usage(what: string): CommandError {
  return new CommandError(`${what}. See npm run orders -- --help`, { exitCode: 2 })
}
