/**
 * What the tests need beside npm's packages: a Chromium. Found in CHROMIUM_PATH or PATH, else installed from the
 * system's packages when this user may, else said in words. Nothing is ever skipped because it is missing.
 */
import { existsSync } from 'node:fs'
import { chromiumPath } from '../packages/testkit/src/chromium.ts'
import { attempt } from './run.ts'

function install(): string | undefined {
  if (!existsSync('/usr/bin/apt-get')) return 'no apt-get on this system'
  if (process.getuid?.() !== 0) return 'only root may install packages'
  process.stdout.write('Installing chromium from the system’s packages…\n')
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  attempt('apt-get', ['update', '-qq'], { quiet: true, env })
  const installed = attempt('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
    quiet: true,
    env,
  })
  return installed.ok ? undefined : installed.output.slice(-2000)
}

/** Answers undefined when all is there, else what is missing and what to do. */
export function ensurePrerequisites(): string | undefined {
  if (chromiumPath() !== undefined) return undefined
  const problem = install()
  if (chromiumPath() !== undefined) return undefined
  return `The browser tests need Chromium and found none (${problem ?? 'the package brought no chromium'}).
Install it (Debian, Ubuntu: sudo apt-get install chromium; macOS: brew install --cask chromium) or set CHROMIUM_PATH.`
}

if (import.meta.main) {
  const missing = ensurePrerequisites()
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`)
    process.exit(1)
  }
}
