import type { Logger } from '../options.ts'

type Fields = Readonly<Record<string, unknown>>

/** The client's lines as a person reads them, each after the marker under which the hub lists the stream. */
const SENTENCES: Readonly<Record<string, (fields: Fields) => string>> = {
  'monofil development tools': ({ status, number }) => `connect #${number}, now ${status}`,
  'monofil connect': ({ number }) => `connect #${number}`,
  'monofil open': ({ connection }) => `open: ${connection} at the hub`,
  'monofil error': ({ error }) => `error: ${(error as Error | null)?.message ?? 'none any more'}`,
  'monofil reconnect scheduled': ({ inMs }) => `reconnect in ${inMs} ms`,
  'monofil reconnect': ({ reason }) => `reconnect: ${reason}`,
  'monofil disconnect': () => 'disconnect',
  'monofil gave up': ({ reason }) => `gave up: ${reason}`,
  'monofil timer already scheduled': ({ inMs }) => `timer already scheduled: reconnect in ${inMs} ms`,
  'monofil second connect refused': ({ status, first, second }) =>
    `second connect refused: the stream is ${status}\nfirst asked for\n${first}\nasked for again\n${second}`,
  'monofil second stream': ({ what, url, stack }) =>
    `${what} opens a second stream to the hub's origin: ${url}\n${stack}\n` +
    'This page has one stream for everything. Subscribe to a topic, or tell developmentTools({ ignore }) that this is meant.',
}

/** Lines in the console of a browser or of Node. */
export function consoleLogger(): Logger {
  const line =
    (level: keyof Logger) =>
    (message: string, fields: Fields = {}) => {
      const { marker, error, ...rest } = fields
      const sentence = SENTENCES[message]
      const told = sentence ? sentence(fields) : message.replace(/^monofil:? /, '')
      const more = [...(sentence ? [] : [rest]), ...(error instanceof Error ? [error] : [])]
      // biome-ignore lint/suspicious/noConsole: only in development builds
      console[level](`[monofil ${marker ?? ''}] ${told}`, ...more)
    }
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
}
