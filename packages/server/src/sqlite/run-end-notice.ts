import type { Severity } from '@monofil/protocol'
import { type EndedRun, runEndTexts } from '../notifications/own-texts.ts'
import type { RunRecord } from '../runs/records.ts'
import { sendOwn } from './commands/notice-send.ts'
import { workflowsGet } from './commands/workflows.ts'
import { madeId } from './notice-rows.ts'
import type { Tx } from './tx.ts'

const SEVERITY: Readonly<Record<EndedRun['status'], Severity>> = {
  completed: 'success',
  partial: 'warning',
  failed: 'error',
  cancelled: 'info',
}

/** Tells of a run's end whom its workflow, or the store's setting, wants told: with the end or not at all. */
export function notifyRunEnd(tx: Tx, run: RunRecord): void {
  const plan = run.external ? undefined : workflowsGet(tx.db, run.workflow)
  const audience = plan?.notify ?? tx.rules.runEnds
  if (audience === 'nobody') return
  const { id, workflow, round } = run
  const status = run.status as EndedRun['status']
  const sum = (of: 'completed' | 'failed') => run.steps.reduce((total, step) => total + step.tally[of], 0)
  const counts = { completed: sum('completed'), failed: sum('failed') }
  sendOwn(tx, {
    // Of the commit too, so that nobody can take the id before.
    id: madeId('run-end', tx.epoch, tx.commitSeq, id, round),
    sender: 'monofil',
    to: { users: [run.owner], roles: audience === 'watchers' ? run.roles : [], topics: [], all: false, except: [] },
    texts: runEndTexts({ workflow, status, ...counts }),
    severity: SEVERITY[status],
    severityAsSent: null,
    module: 'runs',
    action: `run.${status}`,
    actions: [],
    link: `/console/runs/${encodeURIComponent(id)}`,
    dataJson: JSON.stringify({ runId: id, workflow, status, round, ...counts }),
    sendAt: null,
    ttlMs: null,
  })
}
