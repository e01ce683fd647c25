/**
 * Data version 4. `checked`: the item's `when` was asked and said yes; `skipped`: it said no. `run_steps.skipped` counts
 * the latter; they are among the completed.
 */
export const STEPS_SCHEMA = `
ALTER TABLE items ADD COLUMN checked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
CREATE INDEX items_wanted ON items (run, step, idx) WHERE ready = 1 AND checked = 1;
ALTER TABLE run_steps ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
`
