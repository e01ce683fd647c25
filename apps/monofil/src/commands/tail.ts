import type { MonofilClient } from '@monofil/client'
import type { Envelope, Gap, Snapshot, State } from '@monofil/protocol'
import { isStateTopic, isTopic, MonofilError, parseCursor } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Context, Flags } from '../context.ts'
import { errorOfEnd } from '../ends.ts'
import { openClient } from '../hub-client.ts'
import { oneLine } from '../summary.ts'

/** `monofil tail TOPIC…`: what happens on topics, one line an event, over one connection. */
export const tailCommand: CommandSpec = {
  name: 'tail',
  description: 'print the events of topics as they happen, until Ctrl-C',
  arguments: [{ syntax: '<topic...>', description: 'topics, all over one connection' }],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--from <cursor>', description: '0 for from the first event, or epoch:offset (default: from now)' },
    { syntax: '--count <n>', description: 'end after this many events' },
  ],
  examples: ['monofil tail orders stock/eu', 'monofil tail run:photos-1 --from 0 --json'],
  async action(context, topics, flags) {
    const options = readOptions(topics, flags)
    const client = openClient(context)
    try {
      await tail(client, topics, options, context)
    } finally {
      client.close()
    }
    return 0
  },
}

interface TailOptions {
  readonly from: string | undefined
  readonly count: number
}

function readOptions(topics: readonly string[], flags: Flags): TailOptions {
  const bad = topics.find((topic) => !isTopic(topic))
  if (bad !== undefined) {
    throw new CommandError(
      `${JSON.stringify(bad)} is no topic: 1 to 256 of A-Z a-z 0-9 . _ : / @ ~ + = , - and first a letter or digit.`,
      { exitCode: 2 },
    )
  }
  const from = typeof flags['from'] === 'string' ? flags['from'] : undefined
  if (from !== undefined && parseCursor(from) === undefined) {
    throw new CommandError(`--from: ${JSON.stringify(from)} is no cursor. Accepted: 0, or epoch:offset.`, {
      exitCode: 2,
    })
  }
  const count = flags['count'] === undefined ? Number.POSITIVE_INFINITY : Number(flags['count'])
  if (count !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(count) || count < 1)) {
    throw new CommandError(`--count: ${JSON.stringify(flags['count'])} is not a whole number from 1.`, { exitCode: 2 })
  }
  return { from, count }
}

function tail(client: MonofilClient, topics: readonly string[], options: TailOptions, context: Context): Promise<void> {
  return new Promise((resolve, reject) => {
    const unsubscribes: (() => void)[] = []
    const open = new Set(topics)
    let left = options.count
    const finish = (error?: Error): void => {
      for (const unsubscribe of unsubscribes.splice(0)) unsubscribe()
      context.stop.signal.removeEventListener('abort', onStop)
      if (error === undefined) resolve()
      else reject(error)
    }
    const onStop = (): void => finish()
    context.stop.signal.addEventListener('abort', onStop, { once: true })
    unsubscribes.push(
      client.connection.subscribe(() => {
        const { status, lastError } = client.connection.get()
        if (status === 'failed')
          finish(lastError ?? new MonofilError('node_unreachable', 'The hub refused the stream.'))
      }),
    )
    for (const topic of open) {
      const print = (kind: string, value: object): void => {
        if (left <= 0) return
        context.print(context.json ? JSON.stringify({ kind, ...value }) : describe(topic, kind, value, context))
        if (kind === 'event' || (kind === 'state' && isStateTopic(topic))) left -= 1
        if (left <= 0) finish()
      }
      unsubscribes.push(
        client.subscribe(topic, {
          cursor: isStateTopic(topic) ? undefined : options.from,
          onEvent: (event) => print('event', event),
          onSnapshot: (snapshot) => print('snapshot', snapshot),
          onState: (state) => print('state', state),
          onGap: (gap) => print('gap', gap),
          onEnd(end) {
            if (end.reason !== 'finished') {
              finish(errorOfEnd(topic, end))
              return
            }
            open.delete(topic)
            if (open.size === 0) finish()
          },
        }),
      )
    }
  })
}

const LINE = 400

function describe(topic: string, kind: string, value: object, context: Context): string {
  const { paint } = context
  const record: Partial<Envelope & Gap & Snapshot & State & { key: string }> = value
  const data = oneLine(JSON.stringify(record.data) ?? '', LINE)
  if (kind === 'event') {
    const at = paint.faint(String(record.at).slice(11, 23))
    return `${at} ${paint.strong(topic)} ${record.offset ?? '–'} ${record.type} ${data}`
  }
  if (kind === 'gap') return paint.warn(`${topic} gap: ${record.reason}, events up to ${record.to ?? '?'} are not held`)
  return `${paint.faint(kind)} ${paint.strong(topic)} ${record.key ?? ''}${record.key === undefined ? '' : ' '}${data}`
}
