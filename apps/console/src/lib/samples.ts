import type { Counts, Item, RunState, Step } from '@monofil/protocol'

const NO_COUNTS: Counts = { queued: 0, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0, total: 0 }

/** Counts for tests: what is given, and their sum as the total unless that is given too. */
export function sampleCounts(counts: Partial<Counts> = {}): Counts {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return { ...NO_COUNTS, total, ...counts }
}

/** A step for tests. */
export function sampleStep(step: Partial<Step> = {}): Step {
  return {
    name: 'main',
    status: 'running',
    weight: 1,
    counts: sampleCounts(),
    skipped: 0,
    signal: null,
    after: [],
    each: null,
    startedAt: null,
    finishedAt: null,
    waiting: null,
    ...step,
  }
}

/** A run's state for tests. */
export function sampleRun(run: Partial<RunState> = {}): RunState {
  return {
    id: 'run-1',
    workflow: 'photos',
    external: false,
    status: 'running',
    round: 1,
    progress: 0,
    progressKnown: true,
    counts: sampleCounts(),
    totalIsFinal: true,
    steps: [],
    waiting: null,
    wanted: 'run',
    controls: [],
    error: null,
    tags: [],
    owner: 'dev',
    roles: [],
    key: null,
    usage: {},
    budget: null,
    eta: null,
    parentId: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    finishedAt: null,
    lastSeenAt: null,
    stalledSince: null,
    epoch: 'abcdefgh',
    offset: 1,
    href: '/console/runs/run-1',
    ...run,
  }
}

/** An item for tests. */
export function sampleItem(item: Partial<Item> = {}): Item {
  return {
    id: 'item-1',
    runId: 'run-1',
    step: 'main',
    index: 0,
    status: 'queued',
    attempts: 0,
    skipped: false,
    input: null,
    result: null,
    error: null,
    usage: {},
    startedAt: null,
    finishedAt: null,
    waiting: null,
    offset: 1,
    ...item,
  }
}
