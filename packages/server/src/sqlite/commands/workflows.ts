import type { DatabaseSync } from 'node:sqlite'
import type { WorkflowPlan } from '../../seams/store.ts'
import { putLimit } from '../limit-book.ts'
import { Rows } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

/** Adds or replaces plans by name; one that did not change writes nothing. */
export function workflowsRegister(tx: Tx, plans: readonly WorkflowPlan[]): void {
  const sql = `INSERT INTO workflows (name, plan) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET plan = excluded.plan WHERE plan <> excluded.plan`
  const rows = new Rows(tx.db)
  for (const plan of plans) {
    rows.run(sql, plan.name, JSON.stringify(plan))
    for (const step of plan.steps) for (const limit of step.limits ?? []) putLimit(rows, limit)
  }
}

/** The plan of this name as it was last registered. */
export function workflowsGet(db: DatabaseSync, name: string): WorkflowPlan | undefined {
  const row = db.prepare('SELECT plan FROM workflows WHERE name = ?').get(name)
  return row === undefined ? undefined : (JSON.parse(String(row['plan'])) as WorkflowPlan)
}

/** All plans, by name. */
export function workflowsList(db: DatabaseSync): readonly WorkflowPlan[] {
  const rows = db.prepare('SELECT plan FROM workflows ORDER BY name').all()
  return rows.map((row) => JSON.parse(String(row['plan'])) as WorkflowPlan)
}
