import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type ModelServer, startModelServer } from '@monofil/example-models/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runMatching } from './command.ts'
import { PEOPLE } from './sample-people.ts'
import { writeCv } from './samples.ts'
import { agreeable, inTemporaryFolder } from './testing.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const LONG = { timeout: 120_000 }

let model: ModelServer
beforeAll(async () => {
  model = await startModelServer()
})
afterAll(() => model?.close())

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the command as a person would; `onOut` sees what was written so far and may stop it. */
function runCommand(
  cwd: string,
  args: readonly string[],
  { env = {}, onOut }: { env?: Record<string, string>; onOut?: (out: string, stop: () => void) => void } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=@monofil/source', MAIN, '--port', '0', ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', MODEL_URL: '', ...env },
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    onOut?.(out, () => child.kill('SIGINT'))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err: withoutHints(err) })))
}

/** Where nothing was built the hub says that it has no console. */
function withoutHints(err: string): string {
  return err
    .split('\n')
    .filter((line) => !line.includes('the console is not built'))
    .join('\n')
}

test('matches a folder, shows a table, and ends with the run where there is no terminal', LONG, () =>
  inTemporaryFolder(async (base) => {
    await mkdir(join(base, 'my CVs'))
    for (const person of PEOPLE.slice(0, 4)) await writeCv(join(base, 'my CVs'), person)
    const { code, out, err } = await runCommand(base, ['my CVs', '--project', 'p1', '--top', '1'])
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toMatch(/Live in the browser: http:\/\/127\.0\.0\.1:\d+\/(console\/)?runs\/match_\S+/)
    expect(out).toMatch(/completed +matching match_\S+ +\d+ of \d+ in/)
    expect(out).toContain('Ferry booking on Kubernetes: 2 passed, 2 out')
    expect(out).toMatch(/\n {2}1 +100 +33\.6 +Maren Oldekop +CV \(1\)\.pdf\n +PostgreSQL operations: “/)
    expect(out).toMatch(/\n {2}2 +– +25\.1 +Baptiste Quéméneur +x\[1717\]\.docx\n/)
    expect(out).toMatch(/Łukasz Żółć .*\.docx lacks: At least 5 years of work/)
  }),
)

test('without a folder it takes the samples; nobody passing is no failure', LONG, () =>
  inTemporaryFolder(async (base) => {
    const { code, out } = await runCommand(base, ['--project', 'p3', '--language', 'fr'])
    expect(code).toBe(0)
    expect(out).toContain('Nobody passed. What each of them lacks:')
    expect(out).toMatch(/Inés Valcárcel .* lacks: Certificat de sécurité en mer; Norvégien/)
    expect(out).toMatch(/not judged +scan 2024-03-11 \(unreadable\)\.pdf: .*OCR/)
  }),
)

test('an exhausted quota fails the run in words, without a second try', LONG, () =>
  inTemporaryFolder(async (base) => {
    await writeCv(base, PEOPLE[0] as (typeof PEOPLE)[0])
    model.reply({ kind: 'quota' })
    const before = model.asked.length
    const { code, out } = await runCommand(base, ['.', '--data', 'data'], { env: { MODEL_URL: model.url } })
    expect(code).toBe(1)
    expect(out).toMatch(/quota_exhausted .*quota .* used up/)
    expect(model.asked.slice(before).map((asked) => asked.model)).toEqual(['large'])
  }),
)

test('Ctrl-C stops in order, and the next start goes on with the same run', LONG, () =>
  inTemporaryFolder(async (base) => {
    await writeCv(base, PEOPLE[0] as (typeof PEOPLE)[0])
    const args = ['.', '--data', 'data', '--model', 'small']
    const env = { MODEL_URL: model.url }
    model.reply((asked) => ({ kind: 'slow', later: agreeable(asked) }))
    const first = await runCommand(base, args, {
      env,
      onOut: (out, stop) => {
        if (/running/.test(out))
          void expect
            .poll(() => model.waiting)
            .toBe(1)
            .then(stop)
      },
    })
    expect(first.code).toBe(130)
    expect(first.out).toContain('the next start goes on')
    const id = /match_[\w-]+/.exec(first.out)?.[0] ?? ''
    model.reply(agreeable)
    const second = await runCommand(base, args, { env })
    expect(second.out).toContain(`A run of p1 that was not finished goes on: ${id}`)
    expect(second.code).toBe(0)
    expect(second.out).toContain('Has done just this, for years.')
  }),
)

test('what cannot be done is said in one line', LONG, () =>
  inTemporaryFolder(async (base) => {
    await writeFile(join(base, 'a-file'), '')
    const cases: readonly [readonly string[], number, RegExp, Record<string, string>?][] = [
      [['nowhere'], 1, /There is no folder .*nowhere/],
      [['--top', '0'], 2, /--top takes a number from 1 to 50/],
      [[], 2, /MODEL_TIMEOUT_MS takes/, { MODEL_URL: model.url, MODEL_TIMEOUT_MS: 'soon' }],
    ]
    const ended = await Promise.all(cases.map(([args, , , env = {}]) => runCommand(base, args, { env })))
    for (const [place, [args, code, words]] of cases.entries()) {
      expect(ended[place], args.join(' ')).toMatchObject({ code, err: expect.stringMatching(words) })
      expect(ended[place]?.err.trim().split('\n')).toHaveLength(1)
    }
    const never = new AbortController().signal
    await expect(runMatching(['--data', join(base, 'a-file')], new PassThrough(), never)).rejects.toThrow(
      /Take another folder with --data/,
    )
    await mkdir(join(base, 'empty'))
    const data = ['--data', join(base, 'data')]
    await expect(runMatching([join(base, 'empty'), ...data], new PassThrough(), never)).rejects.toThrow(
      /There are no CVs \(PDF, DOCX\) in/,
    )
    await expect(runMatching(['--model', 'small', ...data], new PassThrough(), never)).rejects.toThrow(
      /needs an endpoint: set MODEL_URL/,
    )
  }),
)

test('--help says what there is', async () => {
  const out = new PassThrough().setEncoding('utf8')
  expect(await runMatching(['--help'], out, new AbortController().signal)).toBe(0)
  expect(out.read()).toMatch(/--top NUMBER[\s\S]*MODEL_URL[\s\S]*Exit code/)
})
