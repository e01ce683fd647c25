import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the console's build, or undefined where it was not built. */
export function findConsole(): string | undefined {
  let manifest: string
  try {
    manifest = fileURLToPath(import.meta.resolve('@monofil/console/package.json'))
  } catch {
    return undefined
  }
  const folder = join(dirname(manifest), 'dist')
  return existsSync(join(folder, 'index.html')) ? folder : undefined
}
