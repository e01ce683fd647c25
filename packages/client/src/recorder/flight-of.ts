import type { MonofilClient } from '../types.ts'
import type { FlightRecorder } from './flight-recorder.ts'

/** The client's flight recorder: its option's, or the development tools'; null where nothing is recorded. */
export function flightOf({ recorder }: Pick<MonofilClient, 'recorder'>): FlightRecorder | null {
  // By shape, not by class: a page may load these modules twice.
  if (recorder === undefined) return null
  if ('export' in recorder && 'entries' in recorder) return recorder as FlightRecorder
  return 'flight' in recorder ? (recorder.flight as FlightRecorder | null) : null
}
