import type { Core } from '../core.ts'
import { diagnose } from '../diagnose.ts'
import type { Notes, Recorder } from '../notes.ts'
import { FlightRecorder, type FlightRecorderOptions } from '../recorder/flight-recorder.ts'
import { stackOfCaller } from './stack.ts'

/** Places in the code that are told once each; those that come after are not told. */
const PLACES = 200

/** What the development tools hear of one core; the core's own recorder hears it too. */
export class CoreRecorder implements Recorder {
  readonly #core: Core
  readonly #spare: FlightRecorder
  /** Signals of our own streams: how they are told from everybody else's. */
  readonly #signals = new WeakSet<AbortSignal>()
  /** Who asked for the stream first. */
  #first: string | null = null
  readonly #told = new Set<string>()

  constructor(core: Core, options: FlightRecorderOptions) {
    this.#core = core
    this.#spare = new FlightRecorder(options)
    this.#spare.note('client', { debug: () => diagnose(core) })
    if (core.route?.info().status !== 'idle') this.#first = '    before the development tools were started'
  }

  /** The application's flight recorder, or one that the tools keep. */
  get flight(): FlightRecorder {
    const own = this.#core.ownRecorder
    return own !== undefined && 'export' in own ? (own as FlightRecorder) : this.#spare
  }

  owns(signal: AbortSignal): boolean {
    return this.#signals.has(signal)
  }

  note<K extends keyof Notes>(kind: K, detail: Notes[K]): void {
    const own = this.#core.ownRecorder
    own?.note(kind, detail)
    if (this.flight !== own) this.#spare.note(kind, detail)
    if (kind === 'attempt') this.#signals.add((detail as Notes['attempt']).signal)
    else if (kind === 'call') this.#call(detail as Notes['call'])
  }

  #call({ name, info, force }: Notes['call']): void {
    if (name === 'disconnect' || name === 'logout' || name === 'close') this.#first = null
    if (name !== 'connect' && name !== 'subscribe') return
    const stack = stackOfCaller()
    if (this.#first === null) {
      this.#first = stack
      return
    }
    if (name !== 'connect') return
    const { marker, status, nextRetryAt } = info
    if (status === 'waiting') {
      if (force !== true && nextRetryAt !== null) {
        const inMs = Math.max(0, Math.round(nextRetryAt - this.#core.alarm.now()))
        this.#core.logger.debug('monofil timer already scheduled', { marker, inMs })
      }
    } else if (status !== 'failed' && this.#isNew(stack)) {
      this.#core.logger.debug('monofil second connect refused', { marker, status, first: this.#first, second: stack })
    }
  }

  #isNew(place: string): boolean {
    if (this.#told.has(place) || this.#told.size >= PLACES) return false
    this.#told.add(place)
    return true
  }
}
