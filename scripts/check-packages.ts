/**
 * Whether what would be published can be used: each package is packed, the tarball is judged by publint and attw,
 * all tarballs are installed into an empty consumer that imports and type-checks them; knip finds nothing unused;
 * the client keeps to its size.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { attempt } from './run.ts'

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly output: string
}

const PUBLISHED = [
  'packages/protocol',
  'packages/server',
  'packages/client',
  'packages/react',
  'apps/console',
  'apps/monofil',
]

/** Entry points a consumer imports; the console is files and has none. */
const ENTRIES = [
  '@monofil/protocol',
  '@monofil/protocol/schemas',
  '@monofil/server',
  '@monofil/server/sqlite',
  '@monofil/server/socket',
  '@monofil/server/worker',
  '@monofil/server/push',
  '@monofil/client',
  '@monofil/client/sse',
  '@monofil/client/eventsource',
  '@monofil/client/bundle',
  '@monofil/client/push',
  '@monofil/client/recorder',
  '@monofil/client/development',
  '@monofil/client/testing',
  '@monofil/client/text',
  '@monofil/client/inbox',
  '@monofil/react',
  '@monofil/react/devtools',
  '@monofil/react/inbox',
  '@monofil/react/graph',
  '@monofil/react/query',
  'monofil',
]

/** Runs every check and answers them all. */
export async function checkPackages(): Promise<Check[]> {
  const folder = mkdtempSync(join(tmpdir(), 'monofil-pack-'))
  try {
    const tarballs = PUBLISHED.map((directory) => pack(directory, folder))
    return [
      ...tarballs.flatMap((tarball, index) => judge(PUBLISHED[index] ?? '', tarball)),
      ...consume(tarballs, join(folder, 'consumer')),
      tool('knip', 'knip', []),
      tool('size', 'size-limit', []),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function tool(name: string, command: string, args: readonly string[], cwd?: string): Check {
  const options = cwd === undefined ? {} : { cwd }
  return { name, ...attempt(command, args, { quiet: true, env: { NODE_OPTIONS: '' }, ...options }) }
}

function pack(directory: string, folder: string): string {
  const packed = attempt('npm', ['pack', '--silent', '--json', '--pack-destination', folder], {
    quiet: true,
    cwd: directory,
  })
  const json = packed.output.slice(packed.output.search(/[[{]/))
  const parsed = JSON.parse(json.slice(0, Math.max(json.lastIndexOf(']'), json.lastIndexOf('}')) + 1)) as unknown
  const entries = Array.isArray(parsed) ? parsed : Object.values(parsed as Record<string, unknown>)
  return join(folder, basename((entries[0] as { filename: string }).filename.replace('@', '').replace('/', '-')))
}

function judge(directory: string, tarball: string): Check[] {
  const checks = [tool(`publint ${directory}`, 'publint', ['--strict', tarball])]
  if (directory !== 'apps/console') {
    // Files to serve, not to import.
    const served = {
      'packages/react': ['./styles.css', './graph.css', './inbox.css'],
      'packages/client': ['./service-worker.js'],
    }
    const files = Object.hasOwn(served, directory) ? served[directory as keyof typeof served] : []
    const without = files.length === 0 ? [] : ['--exclude-entrypoints', ...files]
    checks.push(tool(`attw ${directory}`, 'attw', ['--profile', 'esm-only', tarball, ...without]))
  }
  return checks
}

function pins(manifest: string): Record<string, string> {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { devDependencies: Record<string, string> }).devDependencies
}

function consume(tarballs: readonly string[], folder: string): Check[] {
  mkdirSync(folder, { recursive: true })
  const versions = { ...pins('packages/react/package.json'), ...pins('package.json') }
  const pinned = (name: string): string => `${name}@${versions[name] ?? 'latest'}`
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n')
  const names = ENTRIES.map((entry, index) => `import * as e${index} from '${entry}'`).join('\n')
  const uses = ENTRIES.map(
    (_, index) => `if (Object.keys(e${index}).length === 0) throw new Error('entry ${index} is empty')`,
  )
  writeFileSync(join(folder, 'index.ts'), `${names}\n${uses.join('\n')}\n`)
  const tsc = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2024,dom,dom.iterable']
  const install = ['install', '--no-audit', '--no-fund', '--silent', ...tarballs]
  const peers = ['react', 'react-dom', '@tanstack/react-virtual', '@tanstack/react-query', '@xyflow/react']
  const others = ['@types/node', '@types/react', ...peers].map(pinned)
  return [
    tool('tarballs install into an empty consumer', 'npm', [...install, ...others], folder),
    tool('the consumer runs', process.execPath, [join(folder, 'index.ts')], folder),
    tool(
      'the consumer type-checks',
      resolve('node_modules/.bin/tsc'),
      [...tsc, '--types', 'node', '--jsx', 'react-jsx', 'index.ts'],
      folder,
    ),
    tool(
      'the consumer has the command',
      process.execPath,
      [join(folder, 'node_modules/monofil/bin/monofil.js'), '--help'],
      folder,
    ),
  ]
}

if (import.meta.main) {
  const checks = await checkPackages()
  for (const check of checks)
    process.stdout.write(`${check.ok ? 'ok  ' : 'FAIL'} ${check.name}\n${check.ok ? '' : check.output}\n`)
  process.exit(checks.every((check) => check.ok) ? 0 : 1)
}
