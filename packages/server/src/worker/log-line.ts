import type { LogLine } from '@monofil/protocol'
import type { NewLogLine } from '../seams/store.ts'

const MAX_MESSAGE_CHARS = 8_192
const MAX_DATA_CHARS = 65_536
const LEVELS: ReadonlySet<string> = new Set<LogLine['level']>(['debug', 'info', 'warn', 'error'])

/** A handler's line as the store takes it: cut to size, since a log must never be what makes an item fail. */
export function logLine(
  fence: number,
  line: { readonly level: LogLine['level']; readonly message: unknown; readonly data: unknown },
): NewLogLine {
  const text = typeof line.message === 'string' ? line.message : String(line.message)
  const cut = text.length > MAX_MESSAGE_CHARS ? `${text.slice(0, MAX_MESSAGE_CHARS)}…` : text
  const kept = { fence, level: LEVELS.has(line.level) ? line.level : 'info', message: cut.toWellFormed() }
  return line.data === undefined ? kept : { ...kept, dataJson: dataJson(line.data) }
}

function dataJson(data: unknown): string {
  try {
    const json: string | undefined = JSON.stringify(data)
    if (json === undefined) return JSON.stringify({ omitted: `a ${typeof data} is not JSON` })
    return json.length <= MAX_DATA_CHARS ? json : JSON.stringify({ omitted: `${json.length} characters` })
  } catch (error) {
    return JSON.stringify({ omitted: error instanceof Error ? error.message : 'not JSON' })
  }
}
