import { fileURLToPath } from 'node:url'
import { createClient, type MonofilClient } from '@monofil/client'
import { isTerminal, type Run } from '@monofil/protocol'
import { CommandError, follow, type Out, type Running, start } from 'monofil'
import { type Arguments, defaultOut, HELP, readArguments, samplesFolder } from './arguments.ts'
import { isInventory } from './is-inventory.ts'
import { listPhotos } from './list.ts'
import { findPage, openPage } from './page.ts'
import { PhotoError } from './photo-error.ts'
import { reportLines } from './report.ts'
import { folderOf } from './run-input.ts'
import { ensureSamples, SAMPLE_COUNT } from './samples.ts'

const WORKFLOW = fileURLToPath(new URL('./workflow.ts', import.meta.url))

/** One start of the example. */
interface Photos {
  readonly args: Arguments
  readonly out: Out
  readonly signal: AbortSignal
  readonly pageDir: string | undefined
}

/** What follows its runs, and where people do: the page's address, null where it was not built. */
interface Following extends Photos {
  readonly client: MonofilClient
  readonly page: string | null
}

/**
 * Runs the command and answers its exit code. The signal asks it to stop in order. `pageDir` is the page's build: left
 * out, the one beside this example; where there is none, the console shows the run.
 * @throws CommandError or MonofilError in words for what it cannot do.
 */
export async function runPhotos(
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
  const photos = { args, out, signal, pageDir }
  const folder = await chooseFolder(photos)
  const running = await start({ port: args.port, data: args.data, workflows: [WORKFLOW], logLevel: 'warn' })
  try {
    return await work(photos, running, folder)
  } finally {
    await running.close()
  }
}

/** The folder that was named, if it can be worked on, else the samples'. */
async function chooseFolder({ args, out, signal }: Photos): Promise<string> {
  const folder = args.folder ?? samplesFolder(args.data)
  if (args.folder === null) {
    let shown = -1
    await ensureSamples(folder, (done) => {
      const percent = Math.floor((done / SAMPLE_COUNT) * 4) * 25
      if (percent > shown) say(out, `Drawing ${SAMPLE_COUNT} sample photos, once: ${percent} %`)
      shown = Math.max(shown, percent)
    }).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new CommandError(
        `The sample photos cannot be written to ${args.data}: ${why}. Take another folder with --data`,
      )
    })
  }
  const skip = args.out === null ? {} : { out: args.out }
  const { photos, closed } = await listPhotos(folder, { ...skip, signal }).catch((error: unknown) => {
    throw error instanceof PhotoError ? new CommandError(`${error.message}.`, { cause: error }) : error
  })
  if (photos.length > 0) return folder
  throw new CommandError(
    closed.length > 0
      ? `No photos can be reached in ${folder}: ${closed.length} of its folders cannot be opened. Check their rights.`
      : `There are no photos in ${folder} or below it (jpg, png, webp, avif, gif, tif, heic). Name another folder, or none for the samples.`,
  )
}

async function work(photos: Photos, running: Running, folder: string): Promise<number> {
  const client = createClient({ url: running.url, marker: `photos-${process.pid}` })
  const { args, pageDir } = photos
  const page = pageDir && (await openPage(client, { hub: running.url, port: args.pagePort, dir: pageDir }))
  // The hub's own end is an end of the command too: there is nothing left to wait for.
  const stopped = AbortSignal.any([photos.signal, failureOf(running)])
  const within = { ...photos, signal: stopped, client, page: page ? page.url : null }
  try {
    let last = await followAll(within, folder)
    if (args.serve || photos.out.isTTY === true) {
      say(photos.out, `\n${page ? 'The page' : 'The console'} stays up at ${homeOf(within)} until Ctrl-C.`)
      last = await stay(within, last)
    }
    return last.status === 'completed' || last.status === 'partial' ? 0 : 1
  } catch (error) {
    if (!photos.signal.aborted) throw stopped.aborted ? stopped.reason : error
    say(photos.out, 'Stopped before the end. What is done is kept; the next start goes on from here.')
    return 130
  } finally {
    client.close()
    if (page) await page.close()
  }
}

/** What an earlier start left open goes on; a folder that none of them is about gets a run of its own. */
async function followAll(within: Following, folder: string): Promise<Run> {
  const { args, client, out } = within
  let last: Run | undefined
  const unfinished = await findUnfinished(client)
  for (const run of unfinished) {
    say(out, `A run that was not finished goes on: ${run.id}, of ${folderOf(run) ?? 'a folder'}`)
    last = await followRun(within, run)
  }
  if (last !== undefined && (args.folder === null || unfinished.some((run) => folderOf(run) === folder))) return last
  const input = { folder, out: args.out ?? defaultOut(folder, samplesFolder(args.data)) }
  return followRun(within, await client.api.runs.start({ workflow: 'photos', input }))
}

/** Until the command is stopped, follows what is retried or run again from the page. Answers the last run. */
async function stay(within: Following, ended: Run): Promise<Run> {
  let last = ended
  while (!within.signal.aborted) {
    const id = await nextOpen(within, last)
    if (id === undefined) break
    last = await followRun(within, await within.client.api.runs.get(id))
  }
  return last
}

/**
 * The id of a run of photos that is not over, as soon as there is one; undefined when the command is stopped. The round
 * that has just ended is none, whatever the list of runs says yet.
 */
function nextOpen({ client, signal }: Following, ended: Run): Promise<string | undefined> {
  const watched = client.runs()
  return new Promise((resolve) => {
    const look = (): void => {
      const open = watched
        .get()
        .runs.find(
          ({ id, round, workflow, status }) =>
            workflow === 'photos' && !isTerminal(status) && !(id === ended.id && round === ended.round),
        )
      if (open !== undefined || signal.aborted) settle(open?.id)
    }
    const settle = (id: string | undefined): void => {
      unsubscribe()
      signal.removeEventListener('abort', look)
      resolve(id)
    }
    const unsubscribe = watched.subscribe(look)
    signal.addEventListener('abort', look, { once: true })
    look()
  })
}

async function followRun(within: Following, run: Run): Promise<Run> {
  const { out, signal, client, page } = within
  const inConsole = `${client.url.replace(/\/+$/, '')}${run.href}`
  say(out, `Photos of ${folderOf(run) ?? 'a folder'}`)
  say(out, `Live in the browser: ${page === null ? inConsole : `${page}/runs/${run.id}`}`)
  say(out, page === null ? '' : `In the console:      ${inConsole}\n`)
  const ended = await follow(client, run.id, out, { signal })
  if (isInventory(ended.result)) say(out, `\n${reportLines(ended.result).join('\n')}`)
  if (ended.status === 'partial') {
    say(out, `\nWarning: ${ended.counts.failed} could not be read; the others are in the results.`)
  }
  return ended
}

function homeOf({ page, client }: Following): string {
  return page === null ? `${client.url.replace(/\/+$/, '')}/console/` : `${page}/`
}

async function findUnfinished(client: MonofilClient): Promise<readonly Run[]> {
  const { items } = await client.api.runs.list({
    workflow: 'photos',
    status: ['queued', 'running', 'paused'],
    limit: 200,
  })
  return items.toReversed()
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
