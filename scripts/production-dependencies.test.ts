import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type ProductionDependency, productionDependencies } from './production-dependencies.ts'

const ROOT = resolve(import.meta.dirname, '..')
const PUBLISHED = ['protocol', 'server', 'client', 'react'].map((name) => `packages/${name}`)
const WORKSPACES = [...PUBLISHED, 'apps/console', 'apps/monofil']

const LICENCES = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'])
/** Licences that were read, and why they are no harm. */
const READ: Readonly<Record<string, string>> = {
  'web-push': 'MPL-2.0: its own files stay under it, and are not changed here',
  'dejavu-fonts-ttf': 'the Bitstream Vera licence: a font may be passed on with anything, not sold by itself',
  'png-js': 'MIT by its LICENSE; its package.json does not say so',
}

let all: readonly ProductionDependency[]
beforeAll(async () => {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Parameters<typeof productionDependencies>[0]
  }
  all = productionDependencies(lock.packages, WORKSPACES)
  expect(all.length).toBeGreaterThan(50)
})

test('no package that is installed with ours runs a script at its installation', () => {
  expect(all.filter(({ hasInstallScript }) => hasInstallScript === true).map(({ name }) => name)).toEqual([])
})

test('each is what the lock file says, byte for byte', () => {
  expect(all.filter(({ integrity }) => integrity?.startsWith('sha512-') !== true).map(({ name }) => name)).toEqual([])
})

test('each has a licence that lets it be passed on', () => {
  const unread = all.filter(({ name, license = '' }) => !LICENCES.has(license) && READ[name] === undefined)
  expect(unread.map(({ name, license }) => `${name}: ${license}`)).toEqual([])
})

test('those that our packages name are exact versions, and SECURITY.md says what they are for', async () => {
  const page = await readFile(join(ROOT, 'docs/SECURITY.md'), 'utf8')
  const direct = all.filter(({ range }) => range !== undefined)
  expect(direct.filter(({ range, version }) => range !== version).map(({ name }) => name)).toEqual([])
  expect(direct.filter(({ name }) => !page.includes(`\`${name}\``)).map(({ name }) => name)).toEqual([])
})
