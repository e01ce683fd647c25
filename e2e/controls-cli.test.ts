/** `monofil pause`, `resume`, `cancel`, `retry` and `rerun` in every state of a run: words, JSON and exit codes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Run } from '@monofil/protocol'
import { type Cell, CONTROLS, ControlLab, controlCells, startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const BIN = join(import.meta.dirname, '../apps/monofil/bin/monofil.js')

let hub: TestHub
let lab: ControlLab
beforeAll(async () => {
  hub = await startHub()
  lab = new ControlLab(hub)
})
afterAll(() => hub.close())

async function cli(...args: string[]): Promise<{ code: number; out: readonly string[]; errors: readonly string[] }> {
  const env = { ...process.env, MONOFIL_URL: hub.url, NODE_OPTIONS: '--conditions=@monofil/source' }
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [[code], out, errors] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
  const lines = (all: string) => all.split('\n').filter((line) => line !== '')
  return { code: code as number, out: lines(out), errors: lines(errors) }
}

test.each(CONTROLS)('%s', async (action) => {
  const cells = controlCells().filter((cell) => cell.action === action)
  const made: (Cell & { readonly id: string })[] = []
  for (const cell of cells) made.push({ ...cell, id: await lab.make(cell.status, cell.external) })
  const [taken, refused] = [
    made.filter(({ expected }) => expected !== null),
    made.filter((one) => one.expected === null),
  ]

  // One that is refused keeps nobody from the others, and the command says that not all was done.
  const all = await cli(action, ...made.map(({ id }) => id))
  expect(all.code).toBe(1)
  expect(all.out).toHaveLength(taken.length)
  expect(all.errors).toHaveLength(refused.length)
  for (const [i, { id, expected }] of taken.entries()) {
    const line = all.out[i] ?? ''
    expect(line).toContain(expected?.status)
    if (action !== 'rerun') expect(line).toContain(id)
  }
  for (const [i, { id, status }] of refused.entries()) {
    expect(all.errors[i]).toMatch(new RegExp(`^Error: ${action} ${id}: .*\\b${status}\\b`))
  }

  // Twice is as good as once; a rerun is another run each time.
  const again = await cli(action, '--json', ...taken.map(({ id }) => id))
  expect(again).toMatchObject({ code: 0, errors: [] })
  const runs = again.out.map((line) => JSON.parse(line) as Run)
  for (const [i, { id, expected }] of taken.entries()) {
    expect(runs[i]).toMatchObject({ ...expected, ...(action === 'rerun' ? { parentId: id } : { id }) })
  }

  const no = await cli(action, '--json', ...refused.map(({ id }) => id))
  expect(no.code).toBe(refused.length === 0 ? 0 : 1)
  for (const [i, { id, status }] of refused.entries()) {
    expect(JSON.parse(no.out[i] ?? '')).toMatchObject({ id, error: { code: 'invalid_state', state: status } })
  }
})

test('a run that is not there, none, and a hub that is away: 1, 2 and 1', async () => {
  for (const action of CONTROLS) {
    const unknown = await cli(action, 'nowhere')
    expect([action, unknown.code, unknown.out]).toEqual([action, 1, []])
    expect(unknown.errors.join()).toMatch(new RegExp(`^Error: ${action} nowhere: `))
    expect((await cli(action)).code).toBe(2)
  }
  const away = await cli('pause', 'r1', '--url', 'http://127.0.0.1:9')
  expect([away.code, away.out]).toEqual([1, []])
  expect(away.errors.join()).toContain('127.0.0.1:9')
})
