import type { Logger } from '@monofil/server'
import { pino } from 'pino'
import type { Settings } from './settings/index.ts'
import { oneLine } from './summary.ts'

/** Where log lines go: standard error, so that standard output stays what was asked for. */
export interface LogOut {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

/** Structured lines (JSON, one a line) for machines; on a terminal the same as time, level, message and fields. */
export function createLogger(level: Settings['logLevel'], out: LogOut, name: string): Logger {
  const write = out.isTTY === true ? (line: string) => out.write(humanLine(line)) : (line: string) => out.write(line)
  const log = pino(
    {
      level,
      base: { name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err, cause: pino.stdSerializers.err },
    },
    { write },
  )
  return {
    debug: (message, fields) => log.debug(fields ?? {}, message),
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    error: (message, fields) => log.error(fields ?? {}, message),
  }
}

const HIDDEN: ReadonlySet<string> = new Set(['time', 'level', 'msg', 'pid', 'name'])

/** `10:00:00 warn  message  field=value` from a line of JSON. Exported for its test. */
export function humanLine(line: string): string {
  let record: Record<string, unknown>
  try {
    record = JSON.parse(line)
  } catch {
    return line
  }
  const time = String(record['time'] ?? '').slice(11, 19)
  const fields = Object.entries(record)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? oneLine(value) : oneLine(describe(value), 500)}`)
  const level = String(record['level']).padEnd(5)
  return `${[time, level, oneLine(String(record['msg'] ?? '')), ...fields].join(' ')}\n`
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string') {
    return value.message
  }
  return JSON.stringify(value) ?? String(value)
}
