/**
 * The test command: what CI runs. `npm test` is everything but the long forms; `npm run verify` (`--long`) runs those
 * too; a word picks one part (`npm run test:e2e` is `e2e`). Ends with `N passed, N failed` alone on a line, also when
 * red. A skipped test counts as failed: nothing is left out in silence.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { checkPackages } from './check-packages.ts'
import { ensurePrerequisites } from './prerequisites.ts'
import { attempt } from './run.ts'

interface Tally {
  passed: number
  failed: number
}

interface VitestReport {
  numPassedTests: number
  numTotalTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
  }[]
}

const long = process.argv.includes('--long')
const only = process.argv.slice(2).find((word) => !word.startsWith('--'))
const tally: Tally = { passed: 0, failed: 0 }

function count(name: string, ok: boolean, output = ''): void {
  tally[ok ? 'passed' : 'failed'] += 1
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name}\n${ok ? '' : `${output}\n`}`)
}

function step(name: string, command: string, args: readonly string[]): boolean {
  const result = attempt(command, args, { quiet: true })
  count(name, result.ok, result.output)
  return result.ok
}

function vitest(): void {
  const folder = mkdtempSync(join(tmpdir(), 'monofil-report-'))
  const report = join(folder, 'report.json')
  const projects = only === undefined ? [] : ['--project', only]
  attempt('vitest', ['run', ...projects, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], {
    // Every store is two threads, and tests open hundreds: what Node compiled once it need not compile again.
    env: { NODE_COMPILE_CACHE: resolve('node_modules/.cache/compile'), ...(long ? { TEST_LONG: '1' } : {}) },
  })
  try {
    addReport(JSON.parse(readFileSync(report, 'utf8')) as VitestReport)
  } catch (error) {
    count('vitest wrote its report', false, String(error))
  }
  rmSync(folder, { recursive: true, force: true })
}

function addReport(report: VitestReport): void {
  tally.passed += report.numPassedTests
  if (report.numTotalTests === 0) count('vitest found tests', false)
  for (const file of report.testResults) {
    const bad = file.assertionResults.filter((test) => test.status !== 'passed')
    for (const test of bad) count(`${test.status}: ${file.name}: ${test.fullName}`, false)
    // A test that is tried again (vitest.config.ts) and then passes counts as passed, and is something to mend.
    for (const test of file.assertionResults) {
      if (test.status !== 'passed' || test.failureMessages.length === 0) continue
      process.stdout.write(`flaky: ${file.name}: ${test.fullName}\n${test.failureMessages.join('\n')}\n`)
    }
    if (bad.length === 0 && file.status === 'failed') count(`${file.name}`, false, file.message)
  }
}

async function main(): Promise<void> {
  const missing = ensurePrerequisites()
  if (missing !== undefined) count('prerequisites', false, missing)
  const built = step('build', 'node', ['scripts/build.ts'])
  if (only === undefined) {
    step('biome', 'biome', ['check', '--error-on-warnings', '.'])
    step('types', 'node', ['scripts/check-types.ts'])
    if (built) for (const check of await checkPackages()) count(check.name, check.ok, check.output)
  }
  vitest()
  process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed\n`)
  process.exit(tally.failed === 0 ? 0 : 1)
}

await main()
