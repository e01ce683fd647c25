/** The components of docs/REACT.md's "In five lines", as they stand there: type-checked, built, and live in Chromium. */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@monofil/client'
import { startHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'

const ROOT = join(import.meta.dirname, '..')
let folder: string
let snippets: readonly { readonly name: string; readonly code: string }[]

beforeAll(async () => {
  const doc = await readFile(join(ROOT, 'docs/REACT.md'), 'utf8')
  const section = doc.split('\n## ').find((part) => part.startsWith('In five lines')) ?? ''
  snippets = [...section.matchAll(/```tsx\n([\s\S]*?)```/g)].map(([, code = '']) => ({
    name: /export const (\w+)/.exec(code)?.[1] ?? '',
    code,
  }))
  // In node_modules, so that packages are found from there as from an application.
  const cache = join(ROOT, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  folder = await mkdtemp(join(cache, 'snippets-'))
  for (const { name, code } of snippets) await writeFile(join(folder, `${name}.tsx`), code)
  const imports = snippets.map(({ name }) => `import { ${name} } from './${name}.tsx'`)
  const shown = snippets.map(({ name }) => `<section aria-label="${name}"><${name} url={url} id={id} /></section>`)
  const main = `${imports.join('\n')}
import { MonofilProvider } from '@monofil/react'
import { createRoot } from 'react-dom/client'
const url = location.origin
const id = new URLSearchParams(location.search).get('run') ?? ''
createRoot(document.getElementById('root')).render(<MonofilProvider url={url}>${shown.join('')}</MonofilProvider>)
`
  await writeFile(join(folder, 'main.jsx'), main)
  const html = '<!doctype html><title>x</title><div id="root"></div><script type="module" src="/main.jsx"></script>'
  await writeFile(join(folder, 'index.html'), html)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

it('are four, of five lines at most', () => {
  expect(snippets.map(({ name }) => name)).toEqual(['LiveBar', 'LiveDialog', 'Inline', 'Tray'])
  for (const { name, code } of snippets) expect(code.trim().split('\n').length, name).toBeLessThanOrEqual(5)
})

it('have the types they say', async () => {
  const config = {
    extends: join(ROOT, 'e2e/tsconfig.json'),
    include: [],
    files: snippets.map(({ name }) => `${name}.tsx`),
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const { stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
  expect(`${stdout}${stderr}`).toBe('')
})

it('are live, all on one stream', async () => {
  const hub = await startHub({ consoleDir: await buildApp(folder) })
  const client = createClient({ url: hub.url })
  const browser = await launchChromium()
  try {
    await client.api.runs.start({ id: 'r', workflow: 'import', external: true, total: 4 })
    const page = await browser.newPage()
    await page.goto(`${hub.url}/console/?run=r`)
    const dialog = page.getByRole('dialog', { name: 'import' })
    await dialog.getByText('0 of 4').waitFor()
    await client.api.runs.report('r', [{ id: '1', item: 'a', status: 'completed' }])
    await dialog.getByText('1 of 4').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    const part = (name: string) => page.getByRole('region', { name, exact: true })
    await part('LiveBar').getByText('1 of 4').waitFor()
    expect(await part('LiveBar').getByRole('list', { name: 'Items' }).count()).toBe(0)
    await part('Inline').getByRole('list', { name: 'Items' }).getByText('Completed').waitFor()
    await part('Inline').getByRole('button', { name: 'Pause' }).waitFor()
    await part('Tray').getByRole('button', { name: 'My runs: 1 active' }).waitFor()
    expect(hub.server.hub.connections().filter(({ topics }) => topics.includes('run:r'))).toHaveLength(1)
  } finally {
    await browser.close()
    client.close()
    await hub.close()
  }
})
