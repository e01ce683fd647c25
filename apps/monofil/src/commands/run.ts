import type { Budget, Run } from '@monofil/protocol'
import { MonofilError } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Context, Flags } from '../context.ts'
import { pageOf, withClient } from '../hub-client.ts'
import { readJsonArgument } from '../json-argument.ts'

/** `monofil run WORKFLOW`: starts a run, or joins the one with this id; with `--follow` stays until its end. */
export const runCommand: CommandSpec = {
  name: 'run',
  description: 'start a run of a workflow; the same --id and input again joins the run that exists',
  arguments: [{ syntax: '<workflow>', description: 'name of the workflow' }],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--input <json>', description: "the run's input: JSON, @file, or - for standard input (default {})" },
    { syntax: '--id <id>', description: 'id of the run; made by the hub where not given' },
    { syntax: '--key <key>', description: 'what the run is about; a workflow may allow one active run per key' },
    { syntax: '--sample <n>', description: 'do the first items of each list, then wait for monofil resume' },
    { syntax: '--budget <json>', description: 'where it pauses: tokens, cost, items, timeMs, as {"cost":"5"}' },
    { syntax: '--follow', description: 'show its progress until it ends; exit 1 if it failed or was cancelled' },
  ],
  examples: [`monofil run photos --input '{"folder":"./photos"}' --follow`],
  async action(context, [workflow = ''], flags) {
    const input =
      typeof flags['input'] === 'string' ? await readJsonArgument(flags['input'], context.io, '--input') : {}
    return withClient(context, async (client) => {
      const asked = { workflow, input, ...given(flags), ...(await boundsOf(flags, context)) }
      const run = await client.api.runs.start(asked).catch(explain(workflow))
      if (flags['follow'] !== true) {
        context.print(context.json ? JSON.stringify(run) : `${run.id}  ${run.status}  ${pageOf(client, run)}`)
        return 0
      }
      if (!context.json) context.print(`Run ${run.id} of ${run.workflow}: ${pageOf(client, run)}`)
      const { follow } = await import('../follow.ts')
      const end = await followUntilStop(context, () =>
        follow(client, run.id, context.json ? context.io.stderr : context.io.stdout, { signal: context.stop.signal }),
      )
      if (end === undefined) {
        context.io.stderr.write(`Stopped following; run ${run.id} goes on.\n`)
        return 1
      }
      if (context.json) context.print(JSON.stringify(end))
      return end.status === 'failed' || end.status === 'cancelled' ? 1 : 0
    })
  },
}

async function followUntilStop(context: Context, work: () => Promise<Run>): Promise<Run | undefined> {
  try {
    return await work()
  } catch (error) {
    if (context.stop.signal.aborted) return undefined
    throw error
  }
}

function given(flags: Flags): { id?: string; key?: string } {
  const { id, key } = flags
  return { ...(typeof id === 'string' ? { id } : {}), ...(typeof key === 'string' ? { key } : {}) }
}

async function boundsOf({ sample, budget }: Flags, context: Context): Promise<{ sample?: number; budget?: Budget }> {
  const count = Number(sample)
  if (sample !== undefined && !(Number.isInteger(count) && count >= 1)) {
    throw new CommandError(`--sample: ${JSON.stringify(sample)} is not a whole number from 1.`, { exitCode: 2 })
  }
  return {
    ...(sample === undefined ? {} : { sample: count }),
    // Whether it is one, the hub says.
    ...(typeof budget === 'string'
      ? { budget: (await readJsonArgument(budget, context.io, '--budget')) as Budget }
      : {}),
  }
}

function explain(workflow: string): (error: unknown) => never {
  return (error) => {
    if (MonofilError.is(error) && error.code === 'unknown_workflow') {
      throw new CommandError(
        `${error.message} Is its file named by --workflows of monofil start or monofil worker? (asked for: ${workflow})`,
        { cause: error },
      )
    }
    throw error
  }
}
