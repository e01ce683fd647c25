/** Type-checks what `tsc -b` does not build: tests, the console, examples, bench, e2e and these scripts. */
import { globSync } from 'node:fs'
import { attempt } from './run.ts'

const programs = [
  ...globSync('{packages,apps}/*/tsconfig.test.json'),
  ...globSync('{apps/console,examples/*,bench,e2e,scripts}/tsconfig.json'),
].sort()

let failed = 0
for (const program of programs) {
  const result = attempt('tsc', ['-p', program], { quiet: true })
  if (result.ok) continue
  failed += 1
  process.stdout.write(`${program}\n${result.output}\n`)
}
process.stdout.write(`types: ${programs.length - failed} of ${programs.length} programs are right\n`)
process.exit(failed === 0 ? 0 : 1)
