import { type ControlEvents, encodeSse } from '@monofil/protocol'

/** What of the control events is written from here; the others have a dialect of their own in `frames.ts`. */
type Told = 'hello' | 'gap' | 'dropped' | 'ping' | 'expiring' | 'goodbye'

/** A control event as text. Everything that varies is inside the JSON of `data`. */
export function controlText<E extends Told>(
  event: E,
  data: ControlEvents[E],
  extra: { id?: string; retry?: number } = {},
): string {
  return encodeSse({ event, data: JSON.stringify(data), ...extra })
}

/** A block that moves the reader's last event id and dispatches nothing. */
export function idText(id: string): string {
  return encodeSse({ id })
}

/** The end of a run's own stream after its time is over; the browser comes back by itself. */
export function timeoutText(retry: number): string {
  return encodeSse({ event: 'timeout', data: '{}', retry })
}
