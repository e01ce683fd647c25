import { fileURLToPath } from 'node:url'
import { createClient, type MonofilClient } from '@monofil/client'
import { connectModel } from '@monofil/example-models'
import { isTerminal, type Run } from '@monofil/protocol'
import { CommandError, follow, type Out, type Running, start } from 'monofil'
import { type Arguments, HELP, readArguments, samplesFolder } from './arguments.ts'
import { findPage, openPage, type Shop } from './page.ts'
import { OFFLINE } from './run-input.ts'
import { ensureSamples } from './samples.ts'

const WORKFLOW = fileURLToPath(new URL('./workflow.ts', import.meta.url))

/** One start of the example, and where people follow it. */
interface Following {
  readonly args: Arguments
  readonly out: Out
  readonly signal: AbortSignal
  readonly client: MonofilClient
  readonly shop: Shop
  /** The page's address; null where it was not built. */
  readonly page: string | null
}

/**
 * Runs the command and answers its exit code; the signal asks it to stop in order.
 * @throws CommandError or MonofilError in words for what it cannot do.
 */
export async function runCatalogue(
  argv: readonly string[],
  out: Out,
  signal: AbortSignal,
  env: Readonly<Record<string, string | undefined>> = process.env,
  pageDir: string | undefined = findPage(),
): Promise<number> {
  const model = connectModel(env)
  const args = readArguments(argv, model?.settings.model ?? OFFLINE)
  if (args.help) {
    out.write(HELP)
    return 0
  }
  const { data, port, language } = args
  const folder = args.folder ?? samplesFolder(data)
  if (args.folder === null) await ensureSamples(folder).catch(cannotWrite(data))
  const shop: Shop = { folder, out: args.out, model: args.model, language }
  const running = await start({ port, data, workflows: [WORKFLOW], logLevel: 'warn' })
  const client = createClient({ url: running.url, marker: `catalogue-${process.pid}` })
  const page = pageDir && (await openPage(shop, model, { hub: running.url, port: args.pagePort, dir: pageDir }))
  const stopped = AbortSignal.any([signal, failureOf(running)])
  try {
    return await work({ args, out, signal: stopped, client, shop, page: page ? page.url : null })
  } catch (error) {
    if (!signal.aborted) throw stopped.aborted ? stopped.reason : error
    say(out, 'Stopped before the end. What is done is kept; the next start goes on from here.')
    return 130
  } finally {
    client.close()
    if (page) await page.close()
    await running.close()
  }
}

async function work(within: Following): Promise<number> {
  const { args, out, client, shop, page, signal } = within
  const home = page ?? `${client.url.replace(/\/+$/, '')}/console/`
  say(out, `The catalogue in the browser: ${home}`)
  say(out, `The console:                  ${client.url.replace(/\/+$/, '')}/console/`)
  if (args.page) {
    await stopOf(signal)
    return 0
  }
  const extracted = await followOne(within, 'catalogue-extract', { folder: shop.folder, out: shop.out })
  let isThere = extracted.status === 'completed' || extracted.status === 'partial'
  if (isThere) {
    if (extracted.counts.failed > 0) say(out, `Warning: ${extracted.counts.failed} data sheets could not be read.`)
    const enriched = await followOne(within, 'catalogue-enrich', {
      ...{ out: shop.out, model: shop.model, language: shop.language },
    })
    isThere = enriched.status === 'completed' || enriched.status === 'partial'
    if (isThere) say(out, `\nThe catalogue is in ${shop.out}`)
  }
  if (args.serve || out.isTTY === true) {
    say(out, `\nThe page stays up at ${home} until Ctrl-C.`)
    await stopOf(signal)
  }
  return isThere ? 0 : 1
}

/** Starts a run and follows it to its end; one that an earlier start left open goes on instead. */
async function followOne({ client, out, signal, page }: Following, workflow: string, input: unknown): Promise<Run> {
  const { items } = await client.api.runs.list({ workflow, status: ['queued', 'running', 'paused'], limit: 1 })
  const [open] = items
  if (open !== undefined) say(out, `A run that was not finished goes on: ${open.id}`)
  const run = open ?? (await client.api.runs.start({ workflow, input }))
  if (page !== null) say(out, `${workflow}: ${page}/runs/${run.id}`)
  const ended = await follow(client, run.id, out, { signal })
  if (!isTerminal(ended.status)) throw new CommandError(`${workflow} has no end.`)
  return ended
}

/** Resolves when the command is asked to stop. */
function stopOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function cannotWrite(data: string) {
  return (error: unknown): never => {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandError(`The samples cannot be written to ${data}: ${why}. Take another folder with --data`)
  }
}

function failureOf(running: Running): AbortSignal {
  const controller = new AbortController()
  running.failed.then(
    (error) => controller.abort(error),
    (error: unknown) => controller.abort(error),
  )
  return controller.signal
}

function say(out: Out, text: string): void {
  out.write(`${text}\n`)
}
