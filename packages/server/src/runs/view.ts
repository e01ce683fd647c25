import type { Counts, Item, Run, RunEnd, Step, StepSignal, Waiting } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import { controlsOf } from './controls.ts'
import { etaOf } from './eta.ts'
import { barriersOf } from './plan.ts'
import { isProgressKnown } from './progress.ts'
import type { ItemRecord, RunRecord, StepRecord } from './records.ts'
import { rowsOf, unmentionedOf } from './records.ts'
import { usageView } from './usage.ts'

/** The place of a run's log at which a view of it is true. */
export interface Place {
  readonly epoch: string
  readonly offset: number
}

/** The run as the wire shows it (protocol 4). */
export function runView(run: RunRecord, place: Place): Run {
  const { result: _result, ...end } = runEndView(run, place)
  return { ...end, input: parse(run.inputJson), result: parse(run.resultJson) }
}

/** The run as its terminal event carries it: without input. */
export function runEndView(run: RunRecord, place: Place): RunEnd {
  const steps = run.steps.map((step) => stepView(run, step))
  return {
    id: run.id,
    workflow: run.workflow,
    external: run.external,
    status: run.status,
    round: run.round,
    progress: run.progress / 10,
    progressKnown: isProgressKnown(run),
    counts: sumCounts(steps),
    totalIsFinal: isTerminal(run.status) || (steps.length > 0 && run.steps.every(isTotalFinal)),
    steps,
    waiting: run.status === 'paused' ? PAUSED : runWaiting(steps),
    wanted: run.wanted,
    controls: controlsOf(run),
    result: parse(run.resultJson),
    error: run.error,
    tags: run.tags,
    owner: run.owner,
    roles: run.roles,
    key: run.key,
    usage: usageView(run.usage),
    budget: run.budgetJson === null ? null : JSON.parse(run.budgetJson),
    eta: etaOf(run),
    parentId: run.parentId,
    createdAt: iso(run.createdAt),
    startedAt: isoOrNull(run.startedAt),
    finishedAt: isoOrNull(run.finishedAt),
    lastSeenAt: isoOrNull(run.lastSeenAt),
    stalledSince: isoOrNull(run.stalledSince),
    epoch: place.epoch,
    offset: place.offset,
    href: `/console/runs/${encodeURIComponent(run.id)}`,
  }
}

/** Of a paused run the open steps wait for its end; one that is not begun waits for its dependency all the same. */
export function stepView(run: Pick<RunRecord, 'status' | 'external' | 'steps'>, step: StepRecord): Step {
  return {
    name: step.plan.name,
    status: step.status,
    weight: step.plan.weight,
    counts: countsOf(step),
    skipped: step.skipped,
    signal: step.plan.signal ?? null,
    // Steps of an external run come as their reporter says.
    after: run.external ? [] : barriersOf(run.steps, step),
    each: run.external ? null : step.plan.each,
    startedAt: isoOrNull(step.startedAt),
    finishedAt: isoOrNull(step.finishedAt),
    waiting: stepWaiting(run, step),
  }
}

const WORKER: Waiting = { reason: 'worker', until: null, limit: null }
const PAUSED: Waiting = { reason: 'paused', until: null, limit: null }
const DEPENDENCY: Waiting = { reason: 'dependency', until: null, limit: null }

function stepWaiting(run: Pick<RunRecord, 'status'>, step: StepRecord): Waiting | null {
  if (isTerminal(step.status)) return null
  if (!step.begun) return DEPENDENCY
  if (run.status === 'paused') return PAUSED
  if (step.plan.signal !== undefined) return answerWaiting(step)
  if (step.tally.running > 0 || step.ready === 0) return null
  if (step.short === null) return WORKER
  return { reason: 'limit', until: isoOrNull(step.short.until), limit: step.short.limit }
}

/** Of a step whose items wait for answers. Until when is known of the only one; of many each item says it. */
function answerWaiting({ plan, tally, startedAt }: StepRecord): Waiting | null {
  if (plan.signal === undefined || tally.queued === 0) return null
  const until = plan.each === null && startedAt !== null ? iso(startedAt + plan.timeoutMs) : null
  return { reason: plan.signal.kind, until, limit: null }
}

/** A run waits when something of it could run and nothing does: for what its first such step waits for. */
function runWaiting(steps: readonly Step[]): Waiting | null {
  if (steps.some(({ counts }) => counts.running > 0)) return null
  return steps.find(({ waiting }) => waiting !== null && waiting.reason !== 'dependency')?.waiting ?? null
}

/** Where an item is; `asks`: what its step waits for that does no work of its own. */
export interface ItemPlace {
  readonly runId: string
  readonly step: string
  readonly asks: StepSignal['kind'] | null
}

/** An item says only what is its own; what holds its step or run is said there, once. */
export function itemView(place: ItemPlace, item: ItemRecord): Item {
  return { ...withoutData(place, item), input: parse(item.inputJson), result: parse(item.resultJson) }
}

/** The same as JSON: input and result, which are that already, are not read on the way. */
export function itemJson(place: ItemPlace, item: ItemRecord): string {
  const { inputJson, resultJson } = item
  return `${JSON.stringify(withoutData(place, item)).slice(0, -1)},"input":${inputJson},"result":${resultJson ?? 'null'}}`
}

function withoutData(place: ItemPlace, item: ItemRecord): Omit<Item, 'input' | 'result'> {
  return {
    id: item.id,
    runId: place.runId,
    step: place.step,
    index: item.index,
    status: item.status,
    attempts: item.attempts,
    skipped: item.skipped,
    error: item.error,
    usage: usageView(item.usage),
    startedAt: isoOrNull(item.startedAt),
    finishedAt: isoOrNull(item.finishedAt),
    waiting: ownWaiting(place, item.notBefore),
    offset: item.offset,
  }
}

function ownWaiting({ asks }: ItemPlace, notBefore: number | null): Waiting | null {
  return notBefore === null ? null : { reason: asks ?? 'backoff', until: iso(notBefore), limit: null }
}

function isTotalFinal(step: StepRecord): boolean {
  return step.totalIsFinal || step.announced !== null
}

/** A step's rows by state. What a reporter announced and never mentioned waits, or was never done once the step is over. */
function countsOf(step: StepRecord): Counts {
  const { tally } = step
  const unmentioned = unmentionedOf(step)
  const over = isTerminal(step.status)
  return {
    queued: tally.queued + (over ? 0 : unmentioned),
    running: tally.running,
    retrying: tally.retrying,
    completed: tally.completed,
    failed: tally.failed,
    cancelled: tally.cancelled + (over ? unmentioned : 0),
    total: rowsOf(tally) + unmentioned,
  }
}

function sumCounts(steps: readonly Step[]): Counts {
  const sum = { queued: 0, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0, total: 0 }
  for (const { counts } of steps) {
    sum.queued += counts.queued
    sum.running += counts.running
    sum.retrying += counts.retrying
    sum.completed += counts.completed
    sum.failed += counts.failed
    sum.cancelled += counts.cancelled
    sum.total += counts.total
  }
  return sum
}

function parse(json: string | null): unknown {
  return json === null ? null : JSON.parse(json)
}

/** Milliseconds since 1970 as ISO 8601, UTC, milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms)
}
