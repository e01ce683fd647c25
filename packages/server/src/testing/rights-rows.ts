import { readFile } from 'node:fs/promises'

/** A row of the table of rights in PROTOCOL.md. */
export interface RightsRow {
  readonly method: string
  readonly path: string
  /** What stands behind the call, such as `of an approval`. */
  readonly about: string
  readonly right: string
  readonly cells: Readonly<Record<string, string>>
}

/** The rows, whose columns must be `names`. @throws for a line that is no row. */
export async function readRightsTable(names: readonly string[]): Promise<readonly RightsRow[]> {
  const page = await readFile(new URL('../../../../docs/PROTOCOL.md', import.meta.url), 'utf8')
  const lines = page.split('\n')
  const head = lines.findIndex((line) => line.startsWith('| call | right |'))
  const columns = cellsOf(lines[head] ?? '').slice(2)
  if (columns.join() !== names.join()) throw new Error(`the columns are ${columns.join(', ')}`)
  const rows: RightsRow[] = []
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith('|')) break
    const [call = '', right = '', ...answers] = cellsOf(line)
    const parts = /^`([A-Z]+) ([^`]+)`\s*(.*)$/.exec(call)
    if (parts === null || answers.length !== names.length) throw new Error(`not a row: ${line}`)
    const cells = Object.fromEntries(columns.map((name, index) => [name, answers[index] ?? '']))
    rows.push({
      method: parts[1] ?? '',
      path: parts[2] ?? '',
      about: parts[3]?.replaceAll('`', '') ?? '',
      right,
      cells,
    })
  }
  return rows
}
const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
