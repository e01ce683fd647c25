import type { Store } from '../seams/store.ts'
import type { Calls, Method } from './methods.ts'

/** Makes one call over the socket. */
export type Caller = <M extends Method>(method: M, ...args: Parameters<Calls[M]>) => ReturnType<Calls[M]>

/** The Store seam over a caller: each method is one call with the same guarantees, failing `store_unavailable` while nobody answers. */
export function createRemoteStore(link: { call: Caller; epoch(): string; close(): Promise<void> }): Store {
  const { call } = link
  return {
    get epoch() {
      return link.epoch()
    },
    close: () => link.close(),
    log: {
      append: (events) => call('log.append', events),
      read: (query) => call('log.read', query),
      bounds: (topic) => call('log.bounds', topic),
      trim: (retention) => call('log.trim', retention),
    },
    workflows: {
      register: (plans) => call('workflows.register', plans),
      get: (name) => call('workflows.get', name),
      list: () => call('workflows.list'),
    },
    runs: {
      create: (run) => call('runs.create', run),
      get: (id) => call('runs.get', id),
      list: (filter) => call('runs.list', filter),
      active: () => call('runs.active'),
      items: (filter) => call('runs.items', filter),
      snapshot: (id, limit) => call('runs.snapshot', id, limit),
      logs: (id, page) => call('runs.logs', id, page),
      failures: (id) => call('runs.failures', id),
      throughput: (id, range) => call('runs.throughput', id, range),
      overview: (view) => call('runs.overview', view),
      update: (id, patch) => call('runs.update', id, patch),
      control: (id, control) => call('runs.control', id, control),
      signal: (id, answer) => call('runs.signal', id, answer),
      request: (id) => call('runs.request', id),
      remove: (id) => call('runs.remove', id),
      trim: (retention) => call('runs.trim', retention),
      report: (id, reports, limits) => call('runs.report', id, reports, limits),
      texts: (query) => call('runs.texts', query),
      text: (query) => call('runs.text', query),
    },
    schedules: {
      create: (schedule) => call('schedules.create', schedule),
      get: (id) => call('schedules.get', id),
      list: (filter) => call('schedules.list', filter),
      update: (id, patch) => call('schedules.update', id, patch),
      remove: (id) => call('schedules.remove', id),
      start: (id, runId) => call('schedules.start', id, runId),
    },
    notifications: remoteNotifications(call),
    revocations: {
      add: (revocation) => call('revocations.add', revocation),
      list: (page) => call('revocations.list', page),
      remove: (id) => call('revocations.remove', id),
      now: () => call('revocations.now'),
      version: () => call('revocations.version'),
    },
    kpis: {
      set: (kpi, options) => call('kpis.set', kpi, options),
      get: (name) => call('kpis.get', name),
      list: (query) => call('kpis.list', query),
      remove: (name) => call('kpis.remove', name),
      read: (names) => call('kpis.read', names),
      version: () => call('kpis.version'),
    },
    pushes: {
      keys: () => call('pushes.keys'),
      add: (sub, address, max) => call('pushes.add', sub, address, max),
      of: (sub) => call('pushes.of', sub),
      remove: (sub, endpoint) => call('pushes.remove', sub, endpoint),
    },
    tickets: {
      secret: () => call('tickets.secret'),
      use: (id, untilMs) => call('tickets.use', id, untilMs),
      keep: (id, rightsJson, untilMs) => call('tickets.keep', id, rightsJson, untilMs),
      rights: (id) => call('tickets.rights', id),
    },
    usage: { list: (query) => call('usage.list', query) },
    work: {
      claim: (request) => call('work.claim', request),
      renew: (worker, fences, leaseMs) => call('work.renew', worker, fences, leaseMs),
      settle: (outcomes) => call('work.settle', outcomes),
      feed: (elements) => call('work.feed', elements),
      logLines: (lines) => call('work.logLines', lines),
      usage: (entries) => call('work.usage', entries),
      texts: (pieces, maxChars) => call('work.texts', pieces, maxChars),
      kpis: (kpis) => call('work.kpis', kpis),
      results: (query) => call('work.results', query),
      release: (worker) => call('work.release', worker),
      sweep: () => call('work.sweep'),
    },
  }
}

function remoteNotifications(call: Caller): Store['notifications'] {
  return {
    send: (notice) => call('notifications.send', notice),
    spreadTo: (id, subs) => call('notifications.spreadTo', id, subs),
    get: (id) => call('notifications.get', id),
    list: (filter) => call('notifications.list', filter),
    status: () => call('notifications.status'),
    update: (id, patch) => call('notifications.update', id, patch),
    retract: (id) => call('notifications.retract', id),
    retry: (id) => call('notifications.retry', id),
    trace: (id, page) => call('notifications.trace', id, page),
    inbox: (sub, page) => call('notifications.inbox', sub, page),
    snapshot: (sub, limit) => call('notifications.snapshot', sub, limit),
    counts: (sub) => call('notifications.counts', sub),
    mark: (sub, mark) => call('notifications.mark', sub, mark),
    claim: (sub, id) => call('notifications.claim', sub, id),
    receive: (sub, ids) => call('notifications.receive', sub, ids),
    preferences: (sub) => call('notifications.preferences', sub),
    preferencesOf: (subs) => call('notifications.preferencesOf', subs),
    setPreferences: (sub, preferences) => call('notifications.setPreferences', sub, preferences),
    meet: (users) => call('notifications.meet', users),
    sweep: () => call('notifications.sweep'),
    trim: () => call('notifications.trim'),
    takePushes: (request) => call('notifications.takePushes', request),
    settlePushes: (outcomes) => call('notifications.settlePushes', outcomes),
  }
}
