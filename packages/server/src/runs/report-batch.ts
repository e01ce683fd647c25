import type { LogLine, Report, ReportAnswer } from '@monofil/protocol'
import { isTerminal, MonofilError } from '@monofil/protocol'
import { externalStep, stepNamed } from './plan.ts'
import type { ItemRecord, RunRecord, StepRecord } from './records.ts'
import { newStep } from './records.ts'
import { ReportTexts } from './report-text.ts'
import type { TextState } from './text.ts'
import { addUsage } from './usage.ts'
import { iso } from './view.ts'

/** What reports need to see of the tables. */
export interface ReportPort {
  isKnown(reportId: string): boolean
  findItem(step: StepRecord, id: string): ItemRecord | undefined
  /** Items of the step that are not over, as the tables have them. */
  openItems(step: StepRecord): readonly ItemRecord[]
  /** How far an item's text of this name is, as the tables have it. */
  textOf(item: ItemRecord, name: string): TextState | undefined
  /** How many texts an item has, as the tables have it. */
  countTexts(item: ItemRecord): number
}

/** Why a report was not applied. */
export type Rejection = NonNullable<ReportAnswer['reason']>

/** The step of items that name none. */
export const DEFAULT_STEP = 'main'

/**
 * The reports of one request, applied to a run in memory, in order. A throw leaves it half changed: the caller drops it
 * and nothing is written, so that a request is taken whole or not at all.
 */
export class ReportBatch {
  readonly run: RunRecord
  readonly now: number
  readonly port: ReportPort
  readonly applied = new Set<string>()
  readonly logs: { readonly line: LogLine; readonly live: boolean }[] = []
  readonly texts: ReportTexts
  readonly changed = new Map<ItemRecord, StepRecord>()
  readonly #items = new Map<string, ItemRecord>()

  constructor(run: RunRecord, port: ReportPort, limits: { readonly now: number; readonly maxTextChars: number }) {
    this.run = run
    this.port = port
    this.now = limits.now
    this.texts = new ReportTexts(port, limits.maxTextChars)
  }

  step(name: string): StepRecord {
    const known = stepNamed(this.run.steps, name)
    if (known !== undefined) return known
    const step = newStep(this.run.steps.length, externalStep(name))
    step.begun = true
    this.run.steps.push(step)
    return step
  }

  /** Announces a step's total; answers what takes it back, the step's first mention too, if the report is refused. */
  announce(name: string, total: number | undefined): { readonly step: StepRecord; readonly undo: () => void } {
    const known = this.run.steps.length
    const step = this.step(name)
    const { announced } = step
    if (total !== undefined) step.announced = total
    const undo = () => {
      step.announced = announced
      this.run.steps.length = known
    }
    return { step, undo }
  }

  item(step: StepRecord, id: string): ItemRecord | undefined {
    const key = itemKey(step, id)
    const known = this.#items.get(key) ?? this.port.findItem(step, id)
    if (known !== undefined) this.#items.set(key, known)
    return known
  }

  /** Says that an item changed, or is new. */
  touch(step: StepRecord, item: ItemRecord): void {
    this.#items.set(itemKey(step, item.id), item)
    this.changed.set(item, step)
  }

  /** The step's items that are not over, with what this request did to them. */
  openItems(step: StepRecord): readonly ItemRecord[] {
    for (const item of this.port.openItems(step)) {
      const key = itemKey(step, item.id)
      if (!this.#items.has(key)) this.#items.set(key, item)
    }
    const open: ItemRecord[] = []
    for (const item of this.#items.values()) {
      if (item.position === step.position && item.finishedAt === null) open.push(item)
    }
    return open
  }

  /** Takes what every report may carry: usage into the run, a line into its log. */
  takeExtras(report: Report, field: string): void {
    if (report.usage !== undefined) {
      this.run.usage = addUsage(this.run.usage, report.usage, { runId: this.run.id, field: `${field}.usage` })
    }
    if (report.log === undefined) return
    const { level, message, data } = typeof report.log === 'string' ? plainLine(report.log) : report.log
    const line = {
      level,
      message,
      ...(data === undefined ? {} : { data }),
      step: report.step ?? (report.item === undefined ? null : DEFAULT_STEP),
      item: report.item ?? null,
      at: iso(this.at(report)),
    }
    // The round's end is the last event of its round: a line after it is kept, but not appended.
    this.logs.push({ line, live: !isTerminal(this.run.status) })
  }

  /** When it happened: the reporter's time, else now. */
  at(report: Report): number {
    const at = report.at === undefined ? Number.NaN : Date.parse(report.at)
    return Number.isNaN(at) ? this.now : at
  }
}

function itemKey(step: StepRecord, id: string): string {
  return `${step.position}\n${id}`
}

function plainLine(message: string): { level: LogLine['level']; message: string; data?: unknown } {
  return { level: 'info', message }
}

/** A report with its place in the request, such as `reports[3]`, for errors. */
export interface Where {
  readonly report: Report
  readonly field: string
}

/** @throws `invalid_request`: the status is none that this kind of report may carry. */
export function refuseStatus(field: string, what: string, status: string): never {
  throw new MonofilError('invalid_request', `${what} cannot be ${status}`, { field: `${field}.status` })
}
