import { DEFAULT_TEXT_NAME, type LogLine, MonofilError } from '@monofil/protocol'
import {
  checkNotification,
  type Notification,
  type NotificationTarget,
  resolveNotice,
} from '../notifications/resolve.ts'
import { checkKpi } from '../runs/kpi.ts'
import type { NewNotice } from '../seams/notification-store.ts'
import type { Lease, NewLogLine, Outcome, Store } from '../seams/store.ts'
import type { Clock, Random } from '../seams/system.ts'
import type { StepContext } from './context.ts'
import type { Extras } from './extras.ts'
import { Feeder, isSequence } from './feeder.ts'
import { logLine } from './log-line.ts'
import { completed, failed, failure, isTooLarge, timedOut } from './outcome.ts'
import { stepFailures, stepResults } from './results.ts'
import { AttemptText } from './text-writer.ts'
import { usageDelta } from './usage-report.ts'
import type { SpentUsage } from './usage-sums.ts'
import type { Workflow } from './workflow.ts'

export interface AttemptOptions {
  readonly lease: Lease
  readonly workflow: Workflow
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** Takes a log line on its way to the store. */
  onLog(line: NewLogLine): void
  /** Takes what the attempt used on its way to the store. */
  onUsage(spent: SpentUsage): void
  /** Takes texts and KPIs on their way to the store. */
  readonly extras: Extras
  readonly maxTextChars: number
}

/** A longer list becomes items in pages, so that no commit holds the others up for long. */
const MAX_AT_ONCE = 1_000
const MAX_NOTICES = 100

/** Why an attempt ended before its handler did. */
type Interruption = 'timeout' | 'lost' | 'revoked' | 'released'

/** One attempt at one item: runs its handler once and answers what to record, whatever the handler does. */
export class Attempt {
  readonly lease: Lease
  readonly #options: AttemptOptions
  readonly #abort = new AbortController()
  readonly #notices: NewNotice[] = []
  readonly #interrupted = Promise.withResolvers<Interruption>()
  readonly #texts = new Map<string, AttemptText>()
  #over = false

  constructor(options: AttemptOptions) {
    this.lease = options.lease
    this.#options = options
  }

  /** Resolves with the outcome; undefined when the lease is lost and nothing is ours to say. Never rejects. */
  async run(): Promise<Outcome | undefined> {
    const { fence, step, timeoutMs } = this.lease
    const ended = await Promise.race([this.#handle(), this.#interrupted.promise])
    this.#over = true
    switch (ended) {
      case 'lost':
      case 'revoked':
        return undefined
      case 'released':
        return { fence, kind: 'released' }
      case 'timeout':
        return timedOut(fence, step, timeoutMs)
      default:
        return ended
    }
  }

  /** Ends the attempt now, with its handler or without: the signal aborts, and what the handler still does counts for nothing. */
  interrupt(why: Interruption): void {
    if (this.#over) return
    this.#over = true
    this.#interrupted.resolve(why)
    this.#abort.abort(new DOMException(REASONS[why], why === 'timeout' ? 'TimeoutError' : 'AbortError'))
  }

  async #handle(): Promise<Outcome> {
    const { fence, step, runInputJson, inputJson, ask } = this.lease
    const definition = this.#options.workflow.steps.get(step)
    if (definition === undefined) {
      const message = `Workflow "${this.lease.workflow}" has no step "${step}" in this worker's file: the run began with another version of it.`
      return failed(fence, 'unknown_step', message)
    }
    try {
      const parsed = await this.#options.workflow.input.safeParseAsync(JSON.parse(runInputJson))
      if (!parsed.success) return failed(fence, 'invalid_input', describe(parsed.error.issues))
      const context = this.#context(parsed.data)
      const item: unknown = JSON.parse(inputJson)
      if (ask !== null) {
        const wanted: unknown = definition.when === undefined || (await definition.when(context, item))
        if (typeof wanted !== 'boolean') {
          return failed(
            fence,
            'invalid_when',
            `The when of step "${step}" must answer true or false, not ${String(wanted)}.`,
          )
        }
        if (!wanted) return { fence, kind: 'skipped' }
        if (ask === 'only') return { fence, kind: 'wanted' }
      }
      // The lease keeper has been told by now (it batches within a turn), should the handler keep the loop from here on.
      const outcome = await this.#outcome(await definition.run(context, item))
      // Of an attempt that fails nothing is ended: the next one begins its texts anew.
      if (outcome.kind === 'completed') for (const text of this.#texts.values()) text.end()
      return this.#withNotices(outcome)
    } catch (thrown) {
      return failure(fence, thrown, definition.errorCode)
    }
  }

  /** A list over which other steps run goes to them in pages, where it comes in parts or is long. */
  async #outcome(answer: unknown): Promise<Outcome> {
    const { fence, step } = this.lease
    const { steps } = this.#options.workflow
    const isList = steps.get(step)?.plan.each === null && [...steps.values()].some(({ plan }) => plan.each === step)
    if (isSequence(answer)) {
      if (isList) return { fence, kind: 'completed', resultJson: 'null', fed: await this.#feed(answer) }
      const why = 'only a single step that others run over (each) may answer element by element'
      return failed(fence, 'invalid_result', `Step "${step}" answered with an iterator: ${why}.`)
    }
    const outcome = completed(fence, step, answer)
    if (!isList || !Array.isArray(answer) || !(isTooLarge(outcome) || answer.length > MAX_AT_ONCE)) return outcome
    const resultJson = outcome.kind === 'completed' ? outcome.resultJson : 'null'
    return { fence, kind: 'completed', resultJson, fed: await this.#feed(answer) }
  }

  /** What the handler notified goes out with its result, and only with it. */
  #withNotices(outcome: Outcome): Outcome {
    if (outcome.kind !== 'completed' || this.#notices.length === 0) return outcome
    return { ...outcome, notices: this.#notices }
  }

  #notify(notification: Notification, to: NotificationTarget): string {
    if (notification.store === false) {
      throw new MonofilError('invalid_request', 'store: what goes out with a result is stored.', { field: 'store' })
    }
    if (this.#notices.length >= MAX_NOTICES) {
      throw new MonofilError('invalid_request', `An item notifies at most ${MAX_NOTICES} times.`)
    }
    const { clock, random } = this.#options
    const body = checkNotification({ ...notification, to })
    // Whose run it is sends it; the store knows who that is.
    const notice = resolveNotice(body, '', { clock, random, templates: {} })
    this.#notices.push(notice)
    return notice.id
  }

  #feed(elements: AsyncIterable<unknown> | Iterable<unknown>): Promise<number> {
    const { store, clock, random } = this.#options
    const { fence, step } = this.lease
    return new Feeder({ store, clock, random, signal: this.#abort.signal, fence, step }).feed(elements)
  }

  #context(input: unknown): StepContext {
    const { lease } = this
    const { store, clock, random, workflow } = this.#options
    const signal = this.#abort.signal
    const reader = (step: string) => ({ store, clock, random, signal, runId: lease.runId, workflow, step })
    return {
      run: { id: lease.runId, workflow: lease.workflow },
      step: lease.step,
      input,
      item: { id: lease.itemId, index: lease.index },
      attempt: lease.attempt,
      signal,
      log: (message: string, data?: unknown, level: LogLine['level'] = 'info') => {
        if (!this.#over) this.#options.onLog(logLine(lease.fence, { level, message, data }))
      },
      usage: (used) => {
        const usage = usageDelta(lease.step, used)
        // Also after the attempt's end: a handler that was interrupted has spent it all the same.
        const { fence, runId, step, itemId } = lease
        this.#options.onUsage({ fence, runId, step, itemId, usage })
      },
      text: (name = DEFAULT_TEXT_NAME) => this.#text(name),
      kpi: (name, value, more = {}) => this.#kpi(name, value, more),
      notify: (notification, to) => this.#notify(notification, to),
      results: <Result>(step: string) => stepResults<Result>(reader(step)),
      failures: <Item>(step: string) => stepFailures<Item>(reader(step)),
    }
  }

  #text(name: string): AttemptText {
    const known = this.#texts.get(name)
    if (known !== undefined) return known
    const { extras, maxTextChars } = this.#options
    const { signal } = this.#abort
    const isOver = () => this.#over
    const made = new AttemptText({
      lots: extras.texts,
      fence: this.lease.fence,
      name,
      maxChars: maxTextChars,
      signal,
      isOver,
    })
    this.#texts.set(name, made)
    return made
  }

  #kpi(
    name: string,
    value: number | string,
    { unit, data }: { readonly unit?: string; readonly data?: unknown },
  ): void {
    const dataJson = data === undefined ? null : JSON.stringify(data)
    const kpi = { fence: this.lease.fence, name, value, unit: unit ?? null, dataJson }
    checkKpi(kpi)
    if (!this.#over) this.#options.extras.kpi(kpi)
  }
}

const REASONS: Readonly<Record<Interruption, string>> = {
  timeout: 'The attempt took longer than its step allows.',
  lost: 'The lease is lost: the item was given to another worker.',
  revoked: 'The lease was taken back: the run was cancelled, or paused at once.',
  released: 'The worker stops; the item goes back.',
}

function describe(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const findings = issues.slice(0, 5).map(({ path, message }) => `${path.map(String).join('.') || 'input'}: ${message}`)
  return `The workflow's schema refused the run's input. ${findings.join('; ')}`
}
