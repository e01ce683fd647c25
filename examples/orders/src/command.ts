import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@monofil/server'
import { CommandError, findConsole, type Out, untilAborted } from 'monofil'
import { type App, openApp } from './app.ts'
import { HELP, readArguments } from './arguments.ts'
import { PEOPLE } from './people.ts'
import { sampleOrders } from './sample-orders.ts'
import { simulate } from './simulator.ts'

/**
 * Runs the command and answers its exit code; the signal asks it to stop in order.
 * @throws CommandError or MonofilError in words for what it cannot do.
 */
export async function runOrders(
  argv: readonly string[],
  out: Out,
  signal: AbortSignal,
  pageDir: string | null = findPage(),
): Promise<number> {
  const args = readArguments(argv)
  if (args.help) {
    out.write(HELP)
    return 0
  }
  if (pageDir === null) throw new CommandError('The page is not built. Run: npm run build')
  const { data, port, pagePort } = args
  const app = await openApp({ data, port, pagePort, pageDir, consoleDir: findConsole(), logger: loggerTo(out) }).catch(
    cannotOpen(port),
  )
  const stop = AbortSignal.any([signal, failureOf(app)])
  let endSimulation = () => {}
  try {
    if (app.book.size === 0) app.book.import(sampleOrders(new Date()))
    say(out, app, args.simulate)
    if (args.simulate > 0) endSimulation = simulate(app.book, args.simulate)
    await untilAborted(stop)
    if (!signal.aborted) throw stop.reason
    return 0
  } finally {
    endSimulation()
    await app.close()
  }
}

function say(out: Out, { page, hub }: App, perSecond: number): void {
  const lines = PEOPLE.map(({ id, name, role }) => {
    const what = role === null ? 'a clerk: own orders' : `${role}: all orders`
    return `  ${`${name}, ${what}`.padEnd(36)}${page.url}/?sign-in=${id}`
  })
  out.write(`The orders in the browser, signed in as:\n${lines.join('\n')}\n`)
  out.write(`The console, for Ada: ${hub.url}/console/\n`)
  if (perSecond > 0) out.write(`Simulating ${perSecond} changes per second.\n`)
  out.write('Each browser has one session: open two (or a private window) to be two people. Ctrl-C ends it.\n')
}

/** The page's build beside this example; null where it was not built. */
function findPage(): string | null {
  const dir = fileURLToPath(new URL('../dist/page', import.meta.url))
  return existsSync(join(dir, 'index.html')) ? dir : null
}

function cannotOpen(port: number) {
  return (error: unknown): never => {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    throw new CommandError(`Port ${port} cannot be had: ${code}. Take another one with --port, or 0 for any.`)
  }
}

function failureOf({ hub }: App): AbortSignal {
  const controller = new AbortController()
  hub.failed.then(
    (error) => controller.abort(error),
    (error: unknown) => controller.abort(error),
  )
  return controller.signal
}

/** Warnings and errors as lines; what else the hub says is left out. */
function loggerTo(out: Out): Logger {
  const line = (message: string, fields?: object) => {
    const told = Object.entries(fields ?? {}).map(
      ([key, value]) => ` ${key}=${value instanceof Error ? value.message : value}`,
    )
    out.write(`${message}${told.join('')}\n`)
  }
  return { debug: () => {}, info: () => {}, warn: line, error: line }
}
