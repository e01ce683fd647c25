import type { Rows } from './run-sql.ts'

/** Replaces a run's tags. */
export function putTags(sql: Rows, seq: number, tags: readonly string[]): void {
  sql.run('DELETE FROM run_tags WHERE run = ?', seq)
  for (const tag of new Set(tags)) sql.run('INSERT INTO run_tags (tag, run) VALUES (?, ?)', tag, seq)
  sql.run('UPDATE runs SET tags = ? WHERE seq = ?', JSON.stringify(tags), seq)
}

/** What `q` searches of a run, in lower case: SQLite's own folds ASCII only. */
export function searchText(
  run: { readonly id: string; readonly workflow: string; readonly key: string | null },
  tags: readonly string[],
): string {
  return [run.id, run.workflow, run.key ?? '', ...tags].join('\n').toLowerCase()
}
