/** Keeps what a client did, for a report, and makes it happen again. */
export type { Notes, Recorder } from '../notes.ts'
export { flightOf } from './flight-of.ts'
export { FlightRecorder, type FlightRecorderOptions } from './flight-recorder.ts'
export { RECORDING_VERSION, type RecordedEntry, type Recording } from './recording.ts'
export { redact } from './redact.ts'
export { type Difference, type Replay, replay } from './replay.ts'
