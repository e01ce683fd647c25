import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const BIN = fileURLToPath(new URL('../bin/monofil.js', import.meta.url))

function isTooOld(node: string): boolean {
  const [major = 0, minor = 0] = spawnSync(node, ['--version'], { encoding: 'utf8' })
    .stdout.slice(1)
    .split('.')
    .map(Number)
  return major < 22 || (major === 22 && minor < 18)
}

const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((node) => existsSync(node) && isTooOld(node))

test('is executable and starts without any condition in NODE_OPTIONS', () => {
  if (process.platform !== 'win32') expect(statSync(BIN).mode & 0o111).toBe(0o111)
  const { PATH, HOME } = process.env
  const { status, stdout } = spawnSync(process.execPath, [BIN, '--version'], { encoding: 'utf8', env: { PATH, HOME } })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/)
  expect(status).toBe(0)
})

test.skipIf(oldNode === undefined)('a Node that is too old is refused in words', () => {
  const { status, stderr } = spawnSync(oldNode ?? '', [BIN, 'start'], { encoding: 'utf8', env: {} })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^Monofil needs Node 22\.18 or newer; this is Node \d+/)
  expect(stderr).toContain('npx -y -p node@24 -p monofil monofil')
})
