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

interface FileReport {
  name: string
  status: string
  message: string
  assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
}

interface VitestReport {
  numTotalTests: number
  testResults: FileReport[]
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
  const first = runVitest(only === undefined ? [] : ['--project', only])
  if (first === undefined) return
  const died = first.testResults.filter(isCutShort).map(({ name }) => name)
  addReport({ ...first, testResults: first.testResults.filter((file) => !isCutShort(file)) })
  if (died.length === 0) return
  // Node 24.21 dies in V8 now and then where many threads come and go: such a file says nothing, and is run once more.
  process.stdout.write(`the process died under ${died.join(', ')}: run once more\n`)
  const second = runVitest(died)
  if (second !== undefined) addReport(second)
}

/** A file whose process ended before its tests did: they have no result, and none has failed. A skipped test has one. */
function isCutShort({ assertionResults }: FileReport): boolean {
  const is = (status: string) => assertionResults.some((test) => test.status === status)
  return is('pending') && !is('failed')
}

function runVitest(which: readonly string[]): VitestReport | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'monofil-report-'))
  const report = join(folder, 'report.json')
  attempt('vitest', ['run', ...which, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], {
    // Every store is two threads, and tests open hundreds: what Node compiled once it need not compile again.
    env: { NODE_COMPILE_CACHE: resolve('node_modules/.cache/compile'), ...(long ? { TEST_LONG: '1' } : {}) },
  })
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as VitestReport
  } catch (error) {
    count('vitest wrote its report', false, String(error))
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const isPassed = ({ status }: { status: string }): boolean => status === 'passed'

function addReport(report: VitestReport): void {
  tally.passed += report.testResults.flatMap((file) => file.assertionResults).filter(isPassed).length
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
