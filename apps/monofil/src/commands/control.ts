import type { MonofilClient } from '@monofil/client'
import { MonofilError, type Run } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Context, Flags } from '../context.ts'
import { withClient } from '../hub-client.ts'
import { askFor, BULK_OPTIONS, type BulkAction, bulkFilterOf, controlRuns } from './bulk.ts'
import { describeRun } from './runs.ts'

type Ask = (client: MonofilClient, id: string, flags: Flags) => Promise<Run | undefined>

/** Those that many runs may be asked by a filter. */
const ACTIONS: readonly BulkAction[] = ['pause', 'resume', 'cancel', 'retry', 'delete']

/** `monofil pause ID…`. */
export const pauseCommand = controlCommand('pause', {
  description: 'pause runs: nothing new is begun, what runs ends',
  options: [{ syntax: '--hard', description: 'take back what runs; its attempts do not count' }],
  examples: ['monofil pause nightly', 'monofil pause nightly --hard'],
  ask: (client, id, flags) => client.api.runs.pause(id, { hard: flags['hard'] === true }),
})

/** `monofil resume ID…`. */
export const resumeCommand = controlCommand('resume', {
  description: 'let paused runs go on',
  options: [],
  examples: ['monofil resume nightly'],
  ask: (client, id) => client.api.runs.resume(id),
})

/** `monofil cancel ID…`. */
export const cancelCommand = controlCommand('cancel', {
  description: 'end runs with what is open in them',
  options: [{ syntax: '--force', description: 'end external runs here, without waiting for their reporter' }],
  examples: ['monofil cancel nightly', 'monofil cancel import-7 --force'],
  ask: (client, id, flags) => client.api.runs.cancel(id, { force: flags['force'] === true }),
})

/** `monofil retry ID…`. */
export const retryCommand = controlCommand('retry', {
  description: 'open the next round of finished runs: what failed or was cancelled is done again',
  options: [{ syntax: '--item <id...>', description: 'only these items, completed ones too (one run)' }],
  examples: ['monofil retry nightly', 'monofil retry nightly --item analyse:3 analyse:8'],
  ask: (client, id, flags) => client.api.runs.retry(id, { items: textsOf(flags['item']) }),
})

/** `monofil delete ID…`. */
export const deleteCommand = controlCommand('delete', {
  description: 'delete finished runs with all they hold; their ids stay taken',
  options: [],
  examples: ['monofil delete nightly --yes', 'monofil delete --workflow photos --until 2026-01-01 --status completed'],
  async ask(client, id) {
    await client.api.runs.remove(id)
    return undefined
  },
})

/** `monofil rerun ID…`. */
export const rerunCommand = controlCommand('rerun', {
  description: 'start another run like each of these, linked to it',
  options: [{ syntax: '--id <id>', description: 'id of the new run (one run); the same again answers that run' }],
  examples: ['monofil rerun nightly', 'monofil rerun nightly --id nightly-again'],
  ask: (client, id, flags) => client.api.runs.rerun(id, { id: textsOf(flags['id'])?.[0] }),
})

function controlCommand(
  name: string,
  control: Pick<CommandSpec, 'description' | 'options' | 'examples'> & { readonly ask: Ask },
): CommandSpec {
  const { ask, ...texts } = control
  const action = ACTIONS.find((one) => one === name)
  return {
    ...texts,
    name,
    options: action === undefined ? texts.options : [...texts.options, ...BULK_OPTIONS],
    examples:
      action === 'cancel' ? [...texts.examples, 'monofil cancel --workflow photos --status running'] : texts.examples,
    arguments: [{ syntax: action === undefined ? '<id...>' : '[id...]', description: 'ids of the runs' }],
    settings: HUB_SETTINGS,
    async action(context, ids, flags) {
      const filter = action === undefined ? undefined : bulkFilterOf(flags)
      refuseMixed(name, ids, flags, filter !== undefined)
      return withClient(context, async (client) => {
        if (action !== undefined && filter !== undefined) return controlRuns(context, client, { action, filter, flags })
        if (action === 'delete' && !(await askFor(context, flags, { action, count: ids.length }))) return 1
        // One after the other, and to the last: what one of them refuses is no reason to leave the others.
        const ends: End[] = []
        for (const id of ids) ends.push(await endOf(id, ask(client, id, flags)))
        report(context, name, ends)
        return ends.every(({ error }) => error === undefined) ? 0 : 1
      })
    },
  }
}

function refuseMixed(name: string, ids: readonly string[], flags: Flags, hasFilter: boolean): void {
  const isForOne = flags['item'] !== undefined || flags['id'] !== undefined
  const why =
    ids.length > 0 && hasFilter
      ? 'Name runs by their ids or by a filter, not both.'
      : ids.length === 0 && !hasFilter
        ? `Which runs? Name their ids, or a filter such as: monofil ${name} --workflow NAME --tag TAG`
        : isForOne && (ids.length > 1 || hasFilter)
          ? '--item and --id are for one run: name one.'
          : undefined
  if (why !== undefined) throw new CommandError(why, { exitCode: 2 })
}

interface End {
  readonly id: string
  readonly run?: Run | undefined
  readonly error?: MonofilError
}

async function endOf(id: string, asked: Promise<Run | undefined>): Promise<End> {
  try {
    return { id, run: await asked }
  } catch (error) {
    if (MonofilError.is(error)) return { id, error }
    throw error
  }
}

/** A line per run; as JSON one line each too, the run or its error. */
function report(context: Context, name: string, ends: readonly End[]): void {
  for (const { id, run, error } of ends) {
    if (context.json) {
      const problem = error && { code: error.code, message: error.message, state: error.details.state }
      context.print(JSON.stringify(run ?? (error === undefined ? { id, deleted: true } : { id, error: problem })))
    } else if (run !== undefined) {
      context.print(describeRun(run, context))
    } else if (error !== undefined) {
      context.io.stderr.write(`${context.paint.status('failed')('Error:')} ${name} ${id}: ${error.message}\n`)
    } else {
      context.print(`deleted ${id}`)
    }
  }
}

function textsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.map(String) : undefined
}
