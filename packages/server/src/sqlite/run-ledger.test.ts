import type { Run } from '@monofil/protocol'
import { MonofilError } from '@monofil/protocol'
import type { Commit, LoggedEvent, LogPage, Store } from '@monofil/server'
import type { StoreHost } from '@monofil/testkit/contracts'
import { runsContract } from '@monofil/testkit/contracts'
import { ClockJumps } from './clock-jumps.ts'
import {
  revocationsAdd,
  revocationsList,
  revocationsNow,
  revocationsRemove,
  revocationsVersion,
} from './commands/revocations.ts'
import { runsControl } from './commands/run-control.ts'
import { runsCreate } from './commands/run-create.ts'
import { runsFailures, runsLogs } from './commands/run-history.ts'
import { runsItems, runsSnapshot } from './commands/run-item-list.ts'
import { runsActive, runsGet, runsList, runsRequest } from './commands/run-list.ts'
import { longLogs, trimRunLog } from './commands/run-log-trim.ts'
import { runsDue, runsPurge, runsRemove, runsRetire } from './commands/run-remove.ts'
import { runsReport } from './commands/run-report.ts'
import { runsSignal } from './commands/run-signal.ts'
import { runsOverview, runsThroughput } from './commands/run-throughput.ts'
import { runsUpdate } from './commands/run-update.ts'
import {
  schedulesCreate,
  schedulesGet,
  schedulesList,
  schedulesRemove,
  schedulesStart,
  schedulesUpdate,
} from './commands/schedules.ts'
import { ticketsKeep, ticketsRights, ticketsSecret, ticketsUse } from './commands/tickets.ts'
import { workClaim } from './commands/work-claim.ts'
import { workFeed } from './commands/work-feed.ts'
import { workRecover, workRelease, workRenew } from './commands/work-leases.ts'
import { workLogLines } from './commands/work-log-lines.ts'
import { workResults } from './commands/work-results.ts'
import { workSettle } from './commands/work-settle.ts'
import { workSweep } from './commands/work-sweep.ts'
import { workflowsGet, workflowsList, workflowsRegister } from './commands/workflows.ts'
import { Connection } from './database.ts'
import { GroupTx } from './group-tx.ts'
import { migrate } from './migrations.ts'
import { readItems, readRun } from './run-rows.ts'
import { type TrimSteps, trimRuns } from './run-trim.ts'
import { TopicLog } from './topic-log.ts'

const EPOCH = 'epochofatest'

/** The ledger's commands over a database in memory, each in a transaction of its own: no thread, no disk, no waiting. */
class MemoryLedger {
  readonly #db = new Connection(':memory:')
  readonly #log = new TopicLog(this.#db)
  #clockJumps = new ClockJumps(this.#db)
  readonly #host: StoreHost
  #seq = 0

  constructor(host: StoreHost) {
    this.#host = host
    migrate(this.#db, ':memory:')
  }

  async write<R>(command: (tx: GroupTx) => R, finish?: (answer: R, runs: ReadonlyMap<string, Run>) => R): Promise<R> {
    const { clock } = this.#host
    const moment = { now: clock.now(), monotonic: clock.monotonic(), epoch: EPOCH, commitSeq: this.#seq + 1 }
    this.#clockJumps.follow(moment)
    const tx = new GroupTx(this.#db, this.#log, moment)
    const begun = tx.mark()
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const answer = command(tx)
      if (tx.mark() === begun) {
        this.#db.exec('ROLLBACK')
        return answer
      }
      const runs = tx.end({ readRun, readItems })
      this.#db.exec('COMMIT')
      this.#seq += 1
      this.#host.onCommit(commitOf(tx, runs))
      return finish === undefined ? answer : finish(answer, runs)
    } catch (error) {
      this.#db.exec('ROLLBACK')
      // The rule of tx.ts: decide first, write after.
      if (!MonofilError.is(error) || tx.mark() !== begun)
        throw new Error('a command threw after a write', { cause: error })
      throw error
    }
  }

  async read<R>(query: (db: Connection, context: { epoch: string; now: number }) => R): Promise<R> {
    return query(this.#db, { epoch: EPOCH, now: this.#host.clock.now() })
  }

  /** As after another start: what the clock did meanwhile was not seen. */
  reopened(): void {
    this.#clockJumps = new ClockJumps(this.#db)
  }

  close(): void {
    this.#db.close()
  }
}

function commitOf(tx: GroupTx, runs: ReadonlyMap<string, Run>): Commit {
  const events: LoggedEvent[] = []
  for (let i = 0; i < tx.events.length; i += 4) {
    const [topic, offset, type, dataJson] = tx.events.slice(i, i + 4) as [string, number, string, string]
    events.push({ topic, epoch: EPOCH, offset, type, dataJson, at: tx.nowIso })
  }
  const removedRuns = [...tx.removedRuns]
  const { commitSeq: seq, work, revoked, revocations } = tx
  return { seq, events, runs: [...runs.values()], removedRuns, work, revoked, revocations }
}

function wholeLog(db: Connection, topic: string): LogPage {
  const rows = db
    .prepare('SELECT e.* FROM topics t JOIN events e ON e.topic_id = t.id WHERE t.name = ? ORDER BY e.offset')
    .all(topic)
  const events = rows.map((row) => ({
    topic,
    epoch: EPOCH,
    offset: Number(row['offset']),
    type: String(row['type']),
    dataJson: String(row['data']),
    at: new Date(Number(row['at'])).toISOString(),
  }))
  return { events, oldest: 1, head: events.length }
}

function stepsOver(ledger: MemoryLedger, host: StoreHost): TrimSteps {
  return {
    now: () => host.clock.now(),
    due: (bounds) => ledger.read((db) => runsDue(db, bounds)),
    retire: (runs) => ledger.write((tx) => runsRetire(tx, runs)),
    purge: () => ledger.write((tx) => runsPurge(tx)),
    longLogs: (maxLines) => ledger.read((db) => longLogs(db, maxLines)),
    trimLog: (run, maxLines) => ledger.write((tx) => trimRunLog(tx, { run, maxLines })),
  }
}

function storeOver(
  ledger: MemoryLedger,
  host: StoreHost,
): Pick<Store, 'runs' | 'work' | 'workflows' | 'schedules' | 'tickets' | 'revocations' | 'epoch'> & {
  log: Pick<Store['log'], 'read'>
} {
  const fresh = <R extends { run: Run }>(answer: R, runs: ReadonlyMap<string, Run>): R => ({
    ...answer,
    run: runs.get(answer.run.id) ?? answer.run,
  })
  return {
    epoch: EPOCH,
    log: { read: ({ topic }) => ledger.read((db) => wholeLog(db, topic)) },
    workflows: {
      register: (plans) => ledger.write((tx) => workflowsRegister(tx, plans)),
      get: (name) => ledger.read((db) => workflowsGet(db, name)),
      list: () => ledger.read((db) => workflowsList(db)),
    },
    schedules: {
      create: (schedule) => ledger.write((tx) => schedulesCreate(tx, schedule)),
      get: (id) => ledger.read((db) => schedulesGet(db, id)),
      list: (filter) => ledger.read((db) => schedulesList(db, filter)),
      update: (id, patch) => ledger.write((tx) => schedulesUpdate(tx, { id, patch })),
      remove: (id) => ledger.write((tx) => schedulesRemove(tx, id)),
      start: (id, runId) => ledger.write((tx) => schedulesStart(tx, { id, runId }), fresh),
    },
    revocations: {
      add: (revocation) => ledger.write((tx) => revocationsAdd(tx, revocation)),
      list: (page) => ledger.read((db, context) => revocationsList(db, page, context)),
      remove: (id) => ledger.write((tx) => revocationsRemove(tx, id)),
      now: () => ledger.read((db, context) => revocationsNow(db, null, context)),
      version: () => ledger.read((db) => revocationsVersion(db)),
    },
    tickets: {
      secret: () => ledger.write((tx) => ticketsSecret(tx)),
      use: (id, untilMs) => ledger.write((tx) => ticketsUse(tx, { id, untilMs })),
      keep: (id, rightsJson, untilMs) => ledger.write((tx) => ticketsKeep(tx, { id, rightsJson, untilMs })),
      rights: (id) => ledger.read((db) => ticketsRights(db, id)),
    },
    runs: {
      create: (run) => ledger.write((tx) => runsCreate(tx, run), fresh),
      get: (id) => ledger.read((db, context) => runsGet(db, id, context)),
      list: (filter) => ledger.read((db, context) => runsList(db, filter, context)),
      active: () => ledger.read((db, context) => runsActive(db, null, context)),
      items: (filter) => ledger.read((db) => runsItems(db, filter)),
      snapshot: (id, limit) => ledger.read((db, context) => runsSnapshot(db, { id, limit }, context)),
      logs: (id, query) => ledger.read((db) => runsLogs(db, { id, query })),
      failures: (id) => ledger.read((db) => runsFailures(db, id)),
      throughput: (id, range) => ledger.read((db) => runsThroughput(db, { id, ...range })),
      overview: (view) => ledger.read((db, context) => runsOverview(db, view, context)),
      update: (id, patch) => ledger.write((tx) => runsUpdate(tx, { id, patch })),
      control: (id, control) =>
        ledger.write(
          (tx) => runsControl(tx, { id, control }),
          (run, runs) => runs.get(run.id) ?? run,
        ),
      request: (id) => ledger.read((db) => runsRequest(db, id)),
      signal: (id, answer) => ledger.write((tx) => runsSignal(tx, { id, answer })),
      remove: (id) => ledger.write((tx) => runsRemove(tx, id)),
      trim: (retention) => trimRuns(stepsOver(ledger, host), retention),
      report: (id, reports) => ledger.write((tx) => runsReport(tx, { id, reports }), fresh),
    },
    work: {
      claim: (request) => ledger.write((tx) => workClaim(tx, request)),
      renew: (worker, fences, leaseMs) => ledger.write((tx) => workRenew(tx, { worker, fences, leaseMs })),
      settle: (outcomes) => ledger.write((tx) => workSettle(tx, outcomes)),
      feed: (elements) => ledger.write((tx) => workFeed(tx, elements)),
      logLines: (lines) => ledger.write((tx) => workLogLines(tx, lines)),
      results: (query) => ledger.read((db) => workResults(db, query)),
      release: (worker) => ledger.write((tx) => workRelease(tx, worker)),
      sweep: () => ledger.write((tx) => workSweep(tx)),
    },
  }
}

runsContract(
  'SQLite commands in memory',
  async (host) => {
    const ledger = new MemoryLedger(host)
    const store = storeOver(ledger, host) as Store
    return {
      store,
      async reopen() {
        ledger.reopened()
        await ledger.write((tx) => workRecover(tx))
        return store
      },
      async close() {
        ledger.close()
      },
    }
  },
  { rounds: 100 },
)
