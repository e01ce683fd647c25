import { readFileSync } from 'node:fs'
import { main } from './program.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

// A reader that went away (`monofil tail orders | head -1`) is an end, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

const code = await main(
  process.argv.slice(2),
  { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: process.env, cwd: process.cwd() },
  version,
)
// A command that is done ends, whatever a library still holds open; writes to a pipe are waited for, since outside of
// Linux they may not have happened yet.
process.stdout.write('', () => {
  process.stderr.write('', () => process.exit(code))
})
