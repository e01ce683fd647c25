/**
 * What the tests need beside npm's packages: a Chromium, an nginx, openssl, Python 3, curl and pdftotext. Found in CHROMIUM_PATH,
 * NGINX_PATH, OPENSSL_PATH, PYTHON_PATH, CURL_PATH, PDFTOTEXT_PATH, in PATH or where systems put them, else installed from the system's packages when this user may, else
 * said in words. Nothing is ever skipped because it is missing.
 */
import { existsSync } from 'node:fs'
import { opensslPath } from '../packages/testkit/src/certificate.ts'
import { chromiumPath } from '../packages/testkit/src/chromium.ts'
import { nginxPath } from '../packages/testkit/src/nginx.ts'
import { curlPath, pdfToTextPath, pythonPath } from '../packages/testkit/src/tools.ts'
import { attempt } from './run.ts'

interface Tool {
  /** Name of the package that brings it. */
  readonly name: string
  readonly need: string
  readonly brew: string
  readonly variable: string
  readonly find: () => string | undefined
}

const TOOLS: readonly Tool[] = [
  {
    name: 'chromium',
    need: 'The browser tests need Chromium',
    brew: '--cask chromium',
    variable: 'CHROMIUM_PATH',
    find: chromiumPath,
  },
  {
    name: 'nginx',
    need: 'The tests of proxies need nginx',
    brew: 'nginx',
    variable: 'NGINX_PATH',
    find: nginxPath,
  },
  {
    name: 'openssl',
    need: 'The tests of proxies and pushes need openssl for a certificate',
    brew: 'openssl',
    variable: 'OPENSSL_PATH',
    find: opensslPath,
  },
  {
    name: 'python3',
    need: 'The tests of reporters need Python 3',
    brew: 'python3',
    variable: 'PYTHON_PATH',
    find: pythonPath,
  },
  {
    name: 'curl',
    need: 'The tests of reporters need curl',
    brew: 'curl',
    variable: 'CURL_PATH',
    find: curlPath,
  },
  {
    name: 'poppler-utils',
    need: 'The tests of exports need pdftotext',
    brew: 'poppler',
    variable: 'PDFTOTEXT_PATH',
    find: pdfToTextPath,
  },
]

function install(names: readonly string[]): string | undefined {
  if (!existsSync('/usr/bin/apt-get')) return 'no apt-get on this system'
  if (process.getuid?.() !== 0) return 'only root may install packages'
  process.stdout.write(`Installing ${names.join(', ')} from the system’s packages…\n`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  attempt('apt-get', ['update', '-qq'], { quiet: true, env })
  const installed = attempt('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
    quiet: true,
    env,
  })
  return installed.ok ? undefined : installed.output.slice(-2000)
}

/** Answers undefined when all is there, else what is missing and what to do. */
export function ensurePrerequisites(): string | undefined {
  const missing = TOOLS.filter(({ find }) => find() === undefined)
  if (missing.length === 0) return undefined
  const problem = install(missing.map(({ name }) => name))
  const still = missing.filter(({ find }) => find() === undefined)
  if (still.length === 0) return undefined
  return still
    .map(
      ({ name, need, brew, variable }) => `${need} and found none (${problem ?? `the package brought no ${name}`}).
Install it (Debian, Ubuntu: sudo apt-get install ${name}; macOS: brew install ${brew}) or set ${variable}.`,
    )
    .join('\n')
}

if (import.meta.main) {
  const missing = ensurePrerequisites()
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`)
    process.exit(1)
  }
}
