import type { RunStore, WorkflowStore, WorkStore } from '../seams/store.ts'
import { type TrimSteps, trimRuns } from './run-trim.ts'
import type { Threads } from './threads.ts'

/** Plans, by way of the threads. */
export function workflowStore(threads: Threads): WorkflowStore {
  return {
    register: (plans) => threads.write('workflows.register', plans),
    get: (name) => threads.read('workflows.get', name),
    list: () => threads.read('workflows.list', null),
  }
}

/** Runs, by way of the threads. */
export function runStore(threads: Threads): RunStore {
  return {
    create: (run) => threads.write('runs.create', run, { size: run.inputJson.length + run.bodyJson.length }),
    get: (id) => threads.read('runs.get', id),
    list: (filter) => threads.read('runs.list', filter),
    active: () => threads.read('runs.active', null),
    items: (filter) => threads.read('runs.items', filter),
    snapshot: (id, limit) => threads.read('runs.snapshot', { id, limit }),
    logs: (id, query) => threads.read('runs.logs', { id, query }),
    failures: (id) => threads.read('runs.failures', id),
    throughput: (id, range) => threads.read('runs.throughput', { id, ...range }),
    overview: (view) => threads.read('runs.overview', view),
    update: (id, patch) => threads.write('runs.update', { id, patch }),
    control: (id, control) => threads.write('runs.control', { id, control }),
    signal: (id, answer) => threads.write('runs.signal', { id, answer }),
    request: (id) => threads.read('runs.request', id),
    remove: (id) => threads.write('runs.remove', id),
    trim: (retention) => {
      const steps: TrimSteps = {
        now: () => threads.now(),
        due: (bounds) => threads.read('runs.due', bounds),
        retire: (runs) => threads.write('runs.retire', runs),
        purge: () => threads.write('runs.purge', null),
        longLogs: (maxLines) => threads.read('runs.longLogs', maxLines),
        trimLog: (run, maxLines) => threads.write('runs.trimLog', { run, maxLines }),
      }
      return trimRuns(steps, retention)
    },
    report: (id, reports) => threads.write('runs.report', { id, reports }),
  }
}

/** Work, by way of the threads. */
export function workStore(threads: Threads): WorkStore {
  return {
    claim: (request) => threads.write('work.claim', request),
    renew: (worker, fences, leaseMs) => threads.write('work.renew', { worker, fences, leaseMs }),
    settle: (outcomes) => {
      const size = outcomes.reduce(
        (sum, outcome) => sum + (outcome.kind === 'completed' ? outcome.resultJson.length : 200),
        0,
      )
      return threads.write('work.settle', outcomes, { size })
    },
    feed: (elements) => {
      const size = elements.elementsJson.reduce((sum, json) => sum + json.length, 200)
      return threads.write('work.feed', elements, { size })
    },
    logLines: (lines) => threads.write('work.logLines', lines),
    results: (query) => threads.read('work.results', query),
    release: (worker) => threads.write('work.release', worker),
    sweep: () => threads.write('work.sweep', null),
  }
}
