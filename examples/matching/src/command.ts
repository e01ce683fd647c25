import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, type MonofilClient } from '@monofil/client'
import { connectModel, type ModelConnection, ModelError, modelStatus } from '@monofil/example-models'
import { MonofilError, type Run } from '@monofil/protocol'
import { CommandError, follow, type Out, type Running, start, untilAborted } from 'monofil'
import { type Arguments, HELP, readArguments, samplesFolder } from './arguments.ts'
import { CvError } from './cv-error.ts'
import { listCvs } from './list.ts'
import { OFFLINE } from './offline.ts'
import { isMatches } from './outcome.ts'
import { findPage, openPage } from './page.ts'
import { reportLines } from './report.ts'
import { ensureSamples } from './samples.ts'

const WORKFLOW = fileURLToPath(new URL('./workflow.ts', import.meta.url))

/** One start of the example. */
interface Matching {
  readonly args: Arguments
  readonly out: Out
  readonly signal: AbortSignal
  readonly pageDir: string | undefined
  readonly connection: ModelConnection | null
}

/**
 * Runs the command and answers its exit code. The signal asks it to stop in order. `pageDir` is the page's build: left
 * out, the one beside this example; where there is none, the console shows the run.
 * @throws CommandError or MonofilError in words for what it cannot do.
 */
export async function runMatching(
  argv: readonly string[],
  out: Out,
  signal: AbortSignal,
  pageDir: string | undefined = findPage(),
): Promise<number> {
  const args = readArguments(argv)
  if (args.help) {
    out.write(HELP)
    return 0
  }
  const matching = { args, out, signal, pageDir, connection: connected() }
  const folder = await chooseFolder(args)
  const model = await chooseModel(matching)
  const running = await start({ port: args.port, data: args.data, workflows: [WORKFLOW], logLevel: 'warn' })
  try {
    return await work(matching, running, { folder, model })
  } finally {
    await running.close()
  }
}

function connected(): ModelConnection | null {
  try {
    return connectModel(process.env)
  } catch (error) {
    throw error instanceof ModelError ? new CommandError(error.message, { exitCode: 2, cause: error }) : error
  }
}

/** The folder that was named, if there are CVs in it, else the samples'. */
async function chooseFolder({ folder, data }: Arguments): Promise<string> {
  const samples = samplesFolder(data)
  await ensureSamples(samples).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandError(`The sample CVs cannot be written to ${data}: ${why}. Take another folder with --data`)
  })
  if (folder === null) return samples
  const files = await listCvs(folder).catch((error: unknown) => {
    throw error instanceof CvError ? new CommandError(error.message, { cause: error }) : error
  })
  if (files.length > 0) return folder
  throw new CommandError(`There are no CVs (PDF, DOCX) in ${folder}. Name another folder, or none for the samples.`)
}

async function chooseModel({ args, connection }: Matching): Promise<string> {
  if (args.model === OFFLINE) return OFFLINE
  if (connection === null) {
    if (args.model === null) return OFFLINE
    throw new CommandError(`--model ${args.model} needs an endpoint: set MODEL_URL, or take --model offline`, {
      exitCode: 2,
    })
  }
  const status = await modelStatus(connection)
  const model = args.model ?? status.model
  if (model !== null) return model
  throw new CommandError(`${status.message ?? 'The endpoint names no models: name one with --model.'}`)
}

async function work(
  matching: Matching,
  running: Running,
  { folder, model }: { readonly folder: string; readonly model: string },
): Promise<number> {
  const { args, out, signal, pageDir, connection } = matching
  const client = createClient({ url: running.url, marker: `matching-${process.pid}` })
  const home = { hub: running.url, port: args.pagePort, client, connection }
  const folders = { samples: samplesFolder(args.data), own: args.folder, uploads: join(args.data, 'uploads') }
  const page = pageDir === undefined ? undefined : await openPage({ ...home, ...folders, dir: pageDir })
  // The hub's own end is an end of the command too: there is nothing left to wait for.
  const stopped = AbortSignal.any([signal, failureOf(running)])
  const inConsole = `${client.url.replace(/\/+$/, '')}/console/`
  try {
    const run = await launch(client, out, { ...args, folder, model })
    say(out, `Live in the browser: ${page ? `${page.url}/runs/${run.id}` : `${inConsole}runs/${run.id}`}\n`)
    const ended = await follow(client, run.id, out, { signal: stopped })
    if (isMatches(ended.result)) say(out, `\n${reportLines(ended.result).join('\n')}`)
    if (args.serve || out.isTTY === true) {
      say(out, `\n${page ? 'The page' : 'The console'} stays up at ${page ? `${page.url}/` : inConsole} until Ctrl-C.`)
      await untilAborted(stopped)
      if (!signal.aborted) throw stopped.reason
    }
    return ended.status === 'completed' || ended.status === 'partial' ? 0 : 1
  } catch (error) {
    if (!signal.aborted) throw stopped.aborted ? stopped.reason : error
    say(out, 'Stopped before the end. What is done is kept; the next start goes on from here.')
    return 130
  } finally {
    client.close()
    await page?.close()
  }
}

/** A run of its own for this start, or the one of the project that an earlier start left open. */
async function launch(
  client: MonofilClient,
  out: Out,
  { project, top, language, folder, model }: Arguments & { readonly folder: string; readonly model: string },
): Promise<Run> {
  // The id is the launch's: asked for twice, it is one run.
  const id = `match_${randomUUID()}`
  const input = { project, top, model, folder, language }
  try {
    return await client.api.runs.start({ id, workflow: 'matching', input, key: project })
  } catch (error) {
    const open = MonofilError.is(error) && error.code === 'key_busy' ? error.details.runId : undefined
    if (open === undefined) throw error
    say(out, `A run of ${project} that was not finished goes on: ${open}`)
    return client.api.runs.get(open)
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
