import type { DatabaseSync } from 'node:sqlite'
import type { WorkflowPlan } from '../../seams/store.ts'
import type { Tx } from '../tx.ts'

/** Adds or replaces plans by name; one that did not change writes nothing. */
export function workflowsRegister(tx: Tx, plans: readonly WorkflowPlan[]): void {
  const sql = `INSERT INTO workflows (name, plan) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET plan = excluded.plan WHERE plan <> excluded.plan`
  for (const plan of plans) tx.db.prepare(sql).run(plan.name, JSON.stringify(plan))
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
