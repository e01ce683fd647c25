import type { NewNotification } from '@monofil/client'
import { SEVERITIES } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Flags } from '../context.ts'
import { withClient } from '../hub-client.ts'
import { readJsonArgument } from '../json-argument.ts'
import { readTime } from './schedule.ts'

const WORDS = [...SEVERITIES, 'low', 'medium', 'high'] as const

/** `monofil notify TITLE`: one notification by hand. */
export const notifyCommand: CommandSpec = {
  name: 'notify',
  description: 'send a notification to users, roles, topics or everybody',
  arguments: [{ syntax: '<title>', description: 'what it says first' }],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--user <sub...>', description: 'to these users' },
    { syntax: '--role <role...>', description: 'to whoever holds one of these roles' },
    { syntax: '--topic <topic...>', description: 'as one event on each of these topics' },
    { syntax: '--all', description: 'to everybody' },
    { syntax: '--except <sub...>', description: 'but not to these users' },
    { syntax: '--message <text>', description: 'what it says below its title' },
    { syntax: '--severity <word>', description: `${WORDS.join(', ')} (default info)` },
    { syntax: '--module <name>', description: 'the part of the application, by which users mute' },
    { syntax: '--link <address>', description: 'where it leads: a path, or an http or https address' },
    { syntax: '--data <json>', description: 'for the page: JSON, @file, or - for standard input' },
    { syntax: '--at <time>', description: 'at a time: 2026-12-24T18:00:00+01:00, or in a time: 30s, 15m, 2h' },
    { syntax: '--ttl-ms <ms>', description: 'gone from every inbox after so long' },
    { syntax: '--id <id>', description: 'sent once however often this is repeated' },
    { syntax: '--ephemeral', description: 'reaches open tabs and is kept nowhere' },
  ],
  examples: [`monofil notify 'Deployed' --role ops --severity success`, `monofil notify 'Maintenance' --all --at 2h`],
  async action(context, [title = ''], flags) {
    const data =
      typeof flags['data'] === 'string' ? { data: await readJsonArgument(flags['data'], context.io, '--data') } : {}
    const asked: NewNotification = { title, to: targetOf(flags), ...restOf(flags), ...data }
    const sent = await withClient(context, (client) => client.api.notify(asked))
    if (context.json) context.print(JSON.stringify(sent))
    else context.print(`${sent.id}: ${sent.created ? wordsOf(asked) : 'known already, not sent again'}`)
    return 0
  },
}

function wordsOf({ sendAt, store }: NewNotification): string {
  if (sendAt !== undefined) return `will be sent at ${sendAt}`
  return store === false ? 'sent to open tabs, not stored' : 'sent'
}

function targetOf(flags: Flags): NewNotification['to'] {
  const list = (name: string) => (Array.isArray(flags[name]) ? flags[name].map(String) : undefined)
  const to = { users: list('user'), roles: list('role'), topics: list('topic'), except: list('except') }
  const all = flags['all'] === true
  if (all || to.users !== undefined || to.roles !== undefined || to.topics !== undefined) return { ...to, all }
  throw new CommandError('To whom: --user, --role, --topic or --all.', { exitCode: 2 })
}

function restOf(flags: Flags): Omit<NewNotification, 'to'> {
  const text = (name: string, as = name) => (typeof flags[name] === 'string' ? { [as]: flags[name] } : {})
  return {
    ...text('message'),
    ...text('module'),
    ...text('link'),
    ...text('id'),
    ...severityOf(flags['severity']),
    ...(typeof flags['at'] === 'string' ? { sendAt: readTime(flags['at'], Date.now()) } : {}),
    ...ttlOf(flags['ttlMs']),
    ...(flags['ephemeral'] === true ? { store: false } : {}),
  }
}

function severityOf(value: unknown): Pick<NewNotification, 'severity'> {
  if (value === undefined) return {}
  const severity = WORDS.find((word) => word === value)
  if (severity !== undefined) return { severity }
  const words = `--severity: ${JSON.stringify(value)} is not one of ${WORDS.join(', ')}.`
  throw new CommandError(words, { exitCode: 2 })
}

function ttlOf(value: unknown): Pick<NewNotification, 'ttlMs'> {
  if (value === undefined) return {}
  if (typeof value === 'string' && /^[1-9]\d{0,11}$/.test(value)) return { ttlMs: Number(value) }
  throw new CommandError(`--ttl-ms: ${JSON.stringify(value)} is no number of milliseconds.`, { exitCode: 2 })
}
