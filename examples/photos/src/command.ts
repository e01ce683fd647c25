import { fileURLToPath } from 'node:url'
import { createClient, type MonofilClient } from '@monofil/client'
import type { Run } from '@monofil/protocol'
import { CommandError, follow, type Out, type Running, start, untilAborted } from 'monofil'
import { type Arguments, defaultOut, HELP, readArguments, samplesFolder } from './arguments.ts'
import { listPhotos } from './list.ts'
import { PhotoError } from './photo-error.ts'
import { isInventory, reportLines } from './report.ts'
import { ensureSamples, SAMPLE_COUNT } from './samples.ts'

const WORKFLOW = fileURLToPath(new URL('./workflow.ts', import.meta.url))

/** One start of the example. */
interface Photos {
  readonly args: Arguments
  readonly out: Out
  readonly signal: AbortSignal
}

/**
 * Runs the command and answers its exit code. The signal asks it to stop in order.
 * @throws CommandError or MonofilError in words for what it cannot do.
 */
export async function runPhotos(argv: readonly string[], out: Out, signal: AbortSignal): Promise<number> {
  const args = readArguments(argv)
  if (args.help) {
    out.write(HELP)
    return 0
  }
  const photos = { args, out, signal }
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
  // The hub's own end is an end of the command too: there is nothing left to wait for.
  const stopped = AbortSignal.any([photos.signal, failureOf(running)])
  const within = { ...photos, signal: stopped }
  try {
    let last: Run | undefined
    const unfinished = await findUnfinished(client)
    for (const run of unfinished) {
      say(photos.out, `A run that was not finished goes on: ${run.id}, of ${folderOf(run) ?? 'a folder'}`)
      last = await followRun(within, client, run)
    }
    if (last === undefined || (photos.args.folder !== null && !unfinished.some((run) => folderOf(run) === folder))) {
      const out = photos.args.out ?? defaultOut(folder, samplesFolder(photos.args.data))
      last = await followRun(
        within,
        client,
        await client.api.runs.start({ workflow: 'photos', input: { folder, out } }),
      )
    }
    if (photos.out.isTTY === true) {
      say(photos.out, `\nThe console stays up at ${running.url}/console/ until Ctrl-C.`)
      await untilAborted(stopped)
    }
    return last.status === 'completed' || last.status === 'partial' ? 0 : 1
  } catch (error) {
    if (!photos.signal.aborted) throw stopped.aborted ? stopped.reason : error
    say(photos.out, 'Stopped before the end. What is done is kept; the next start goes on from here.')
    return 130
  } finally {
    client.close()
  }
}

async function followRun({ out, signal }: Photos, client: MonofilClient, run: Run): Promise<Run> {
  say(out, `Photos of ${folderOf(run) ?? 'a folder'}`)
  say(out, `Live in the browser: ${client.url.replace(/\/+$/, '')}${run.href}\n`)
  const ended = await follow(client, run.id, out, { signal })
  if (isInventory(ended.result)) say(out, `\n${reportLines(ended.result).join('\n')}`)
  if (ended.status === 'partial') {
    say(out, `\nWarning: ${ended.counts.failed} could not be read; the others are in the results.`)
  }
  return ended
}

async function findUnfinished(client: MonofilClient): Promise<readonly Run[]> {
  const { items } = await client.api.runs.list({
    workflow: 'photos',
    status: ['queued', 'running', 'paused'],
    limit: 200,
  })
  return items.toReversed()
}

function folderOf(run: Run): string | undefined {
  const { input } = run
  if (typeof input !== 'object' || input === null || !('folder' in input)) return undefined
  return typeof input.folder === 'string' ? input.folder : undefined
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
