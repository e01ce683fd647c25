import type { Run } from '@monofil/protocol'
import { topicOfLog } from '../notifications/inbox-log.ts'
import type { EphemeralEvent } from '../seams/bus.ts'
import type { LoggedEvent } from '../seams/commit.ts'

/**
 * The four ways an event is written. Whoever reads a topic in the same dialect gets the same bytes, encoded once:
 * the one stream, a native EventSource on a single topic (the id is part of the frame), and a run's own stream.
 */
export const ENVELOPE = 0
export const ENVELOPE_WITH_ID = 1
export const RUN_STREAM = 2
/** A run's own stream that was opened by a ticket: its ids are signed, and so in blocks of their own. */
export const RUN_STREAM_BARE = 3
export type Dialect = typeof ENVELOPE | typeof ENVELOPE_WITH_ID | typeof RUN_STREAM | typeof RUN_STREAM_BARE
export const DIALECTS: readonly Dialect[] = [ENVELOPE, ENVELOPE_WITH_ID, RUN_STREAM, RUN_STREAM_BARE]

/** Whether this is how a run's own stream speaks. */
export function isRunDialect(dialect: Dialect): boolean {
  return dialect === RUN_STREAM || dialect === RUN_STREAM_BARE
}

export type LiveEvent = LoggedEvent | EphemeralEvent

/** Log events that a run's own stream names; `status` is told by `progress` there. */
const RUN_STREAM_TYPES: ReadonlySet<string> = new Set(['item', 'step', 'log', 'text', 'complete', 'failed'])

/** Event types that end a run's round. */
export function endsRound(type: string): boolean {
  return type === 'complete' || type === 'failed'
}

export function isLogged(event: LiveEvent): event is LoggedEvent {
  return 'offset' in event
}

// The data of an event is JSON text that somebody else encoded. JSON allows line breaks between tokens, and one of
// them would end the `data:` line and let the rest be read as fields.
function oneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? JSON.stringify(JSON.parse(json)) : json
}

/** The envelope as JSON on one line. A topic's grammar has nothing to escape, and a user's own log is `inbox` here. */
export function envelopeJson(event: LiveEvent): string {
  const place = isLogged(event) ? `"epoch":"${event.epoch}","offset":${event.offset}` : '"epoch":null,"offset":null'
  const type = JSON.stringify(event.type)
  return `{"topic":"${topicOfLog(event.topic)}",${place},"type":${type},"data":${oneLine(event.dataJson)},"at":"${event.at}"}`
}

/** One event as text of an event stream; empty where the dialect leaves it out. */
export function eventText(dialect: Dialect, event: LiveEvent): string {
  if (dialect === ENVELOPE || !isLogged(event)) return `data: ${envelopeJson(event)}\n\n`
  if (dialect === ENVELOPE_WITH_ID) {
    return `id: ${event.epoch}:${event.offset}\ndata: ${envelopeJson(event)}\n\n`
  }
  if (!RUN_STREAM_TYPES.has(event.type)) return ''
  if (dialect === RUN_STREAM_BARE) return `event: ${event.type}\ndata: ${oneLine(event.dataJson)}\n\n`
  return `event: ${event.type}\nid: ${event.epoch}:${event.offset}\ndata: ${oneLine(event.dataJson)}\n\n`
}

/** Several events as one buffer; undefined when the dialect leaves all of them out. */
export function eventsBuffer(dialect: Dialect, events: readonly LiveEvent[]): Buffer | undefined {
  let text = ''
  for (const event of events) text += eventText(dialect, event)
  return text === '' ? undefined : Buffer.from(text)
}

/** About what an event takes in memory and on the wire. */
export function sizeOf(event: LiveEvent): number {
  return event.dataJson.length + event.type.length + event.topic.length + 96
}

/** A run as it travels as state: without what can be big. */
export function runStateJson(run: Run): string {
  const { input: _input, result: _result, ...state } = run
  return JSON.stringify(state)
}

/** A run's state in a dialect: `state` on the one stream, `progress` on the run's own. */
export function stateText(dialect: Dialect, run: Run, stateJson: string): string {
  if (isRunDialect(dialect)) return `event: progress\ndata: ${stateJson}\n\n`
  return `event: state\ndata: {"topic":"run:${run.id}","epoch":"${run.epoch}","offset":${run.offset},"data":${stateJson}}\n\n`
}

/** One key of a state topic; `json` null means gone from one's sight. */
export function keyedText(topic: string, key: string, version: number, json: string | null): string {
  return `event: state\ndata: {"topic":"${topic}","key":${JSON.stringify(key)},"version":${version},"data":${json ?? 'null'}}\n\n`
}
