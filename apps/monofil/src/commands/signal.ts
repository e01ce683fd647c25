import type { Item } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Flags } from '../context.ts'
import { withClient } from '../hub-client.ts'
import { readJsonArgument } from '../json-argument.ts'

/** `monofil signal ID STEP`: answers a step that waits for an approval or a signal. */
export const signalCommand: CommandSpec = {
  name: 'signal',
  description: 'answer a step that waits: approve or reject it, or say that what it waits for has happened',
  arguments: [
    { syntax: '<id>', description: 'id of the run' },
    { syntax: '<step>', description: 'name of the step that waits' },
  ],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--approve', description: 'of a step that waits for an approval' },
    { syntax: '--reject', description: 'the same step’s other answer: it fails' },
    { syntax: '--item <id>', description: 'which item, where the step has many' },
    { syntax: '--note <text>', description: 'why; kept with the answer' },
    { syntax: '--data <json>', description: 'what the next steps are given: JSON, @file, or - for standard input' },
  ],
  examples: [
    'monofil signal order-7 release --approve --note "checked twice"',
    'monofil signal order-7 review --item review:3 --reject',
    `monofil signal order-7 paid --data '{"amount":"12.50"}'`,
  ],
  async action(context, [id = '', step = ''], flags) {
    const data =
      flags['data'] === undefined ? {} : { data: await readJsonArgument(String(flags['data']), context.io, '--data') }
    const answer = { step, ...approvalOf(flags), ...textsOf(flags), ...data }
    const item = await withClient(context, (client) => client.api.runs.signal(id, answer))
    context.print(context.json ? JSON.stringify(item) : said(id, item))
    return 0
  },
}

function approvalOf(flags: Flags): { readonly approve?: boolean } {
  const [approve, reject] = [flags['approve'] === true, flags['reject'] === true]
  if (approve && reject) throw new CommandError('--approve and --reject are two answers: give one.', { exitCode: 2 })
  return approve || reject ? { approve } : {}
}

function textsOf(flags: Flags): { readonly item?: string; readonly note?: string } {
  const text = (name: string) => (typeof flags[name] === 'string' ? { [name]: flags[name] } : {})
  return { ...text('item'), ...text('note') }
}

function said(id: string, { id: item, status, error }: Item): string {
  if (status === 'queued') return `${item} of run ${id} keeps the answer until its step begins.`
  return `${item} of run ${id} is ${status}${error === null ? '' : `: ${error.message}`}.`
}
