import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadWorkflows } from './load.ts'

const WORKER = JSON.stringify(new URL('./index.ts', import.meta.url).href)
const HEAD = `import { defineWorkflow, step } from ${WORKER}\nconst make = (name) => defineWorkflow({ name, steps: [step('a', () => 1)] })\n`

describe('workflow files', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'monofil-load-'))
  })
  afterAll(() => rm(dir, { recursive: true }))

  async function file(name: string, text: string): Promise<string> {
    await writeFile(join(dir, name), text)
    return join(dir, name)
  }

  it('hold one workflow or an array of them', async () => {
    const one = await file('one.mjs', `${HEAD}export default make('one')`)
    const two = await file('two.ts', `${HEAD}export default [make('two'), make('three')] as unknown[]`)
    expect((await loadWorkflows([one, two])).map(({ name }) => name)).toEqual(['one', 'two', 'three'])
  })

  it.each([
    ['none.mjs', 'export const x = 1', /none\.mjs cannot be used: it has no default export/],
    ['empty.mjs', 'export default []', /default export is an empty array/],
    ['other.mjs', 'export default { name: "x" }', /its default export is not what defineWorkflow answers/],
    ['array.mjs', `${HEAD}export default [make('a'), 5]`, /entry 1 of its default export is not/],
    ['throws.mjs', 'throw new Error("no key")', /throws\.mjs cannot be used: no key/],
    ['mistake.mjs', `${HEAD}export default make('not ok')`, /name must be an id/],
    ['twice.mjs', `${HEAD}export default [make('a'), make('a')]`, /"a" is defined a second time/],
  ])('%s is refused with its name and what is wrong', async (name, text, words) => {
    const path = await file(name, text)
    await expect(loadWorkflows([path])).rejects.toThrow(words)
  })

  it('that are not there are named', async () => {
    await expect(loadWorkflows([join(dir, 'gone.ts')])).rejects.toThrow(
      /gone\.ts cannot be used: there is no such file/,
    )
  })
})
