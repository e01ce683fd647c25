import type { Diagnostics } from '@monofil/client'
import type { RecordedEntry } from '@monofil/client/recorder'

/** How many streams this tab holds, in words. */
export function streamsOf({ activeConnections, role }: Diagnostics): string {
  if (activeConnections === 1) return '1 stream'
  if (activeConnections > 1) return `${activeConnections} streams`
  return role === 'follower' ? 'no stream here' : 'no stream'
}

/** Hours to milliseconds, here. */
export function timeOf(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** A length of time as people say it. */
export function spanOf(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** What an entry of the recorder says, in a line. */
export function sentenceOf(entry: RecordedEntry): string {
  switch (entry.kind) {
    case 'connection': {
      const { input, after, now } = entry
      const wait = after.status === 'waiting' ? `, next try in ${spanOf(after.retryAt - now)}` : ''
      const error = 'error' in input ? `: ${input.error.message}` : ''
      return `${input.type} → ${after.status}${wait}${error}`
    }
    case 'subscription':
      return `${entry.topic}: ${placeOf(entry)} → ${entry.verdict === 'show' ? 'shown' : entry.after.phase}`
    case 'election':
      return `${entry.input.type} → ${entry.after.phase}, term ${entry.after.term}`
    case 'frame':
      return [entry.event, entry.topic, entry.offset, `${entry.size} characters`].filter(Boolean).join(' · ')
    case 'timer':
      return entry.what === 'set' ? `set, rings in ${spanOf(entry.due - entry.at)}` : entry.what
    case 'call':
      return [entry.name, entry.force ? 'at once' : '', entry.reason ?? ''].filter(Boolean).join(' · ')
    case 'role':
      return `${entry.role}, ${entry.status} (${entry.marker})`
  }
}

function placeOf({ input, type }: Extract<RecordedEntry, { kind: 'subscription' }>): string {
  if (input.type === 'event') return `${type ?? 'event'} ${input.event.offset ?? 'state'}`
  if (input.type === 'gap') return `gap ${input.gap.from ?? '?'} to ${input.gap.to ?? '?'} (${input.gap.reason})`
  if (input.type === 'end') return `end (${input.code})`
  return input.type
}
