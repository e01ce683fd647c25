import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError } from '../command-error.ts'
import type { Config } from './table.ts'

/** The configuration file's name, looked for in the folder the command is run in. */
const CONFIG_FILE = 'monofil.config.ts'

/**
 * For `monofil.config.ts`: `export default defineConfig({ port: 4100 })`. Answers what it is given; it is there for
 * the types.
 */
export function defineConfig(config: Config): Config {
  return config
}

/**
 * Loads the configuration file of a folder; undefined where there is none. Values are not checked here.
 * @throws CommandError (exit 2) when the file cannot be loaded or its default export is no object.
 */
export async function loadConfigFile(
  folder: string,
): Promise<{ readonly file: string; readonly values: Readonly<Record<string, unknown>> } | undefined> {
  const path = join(folder, CONFIG_FILE)
  if (!existsSync(path)) return undefined
  let loaded: { readonly default?: unknown }
  try {
    loaded = await import(pathToFileURL(path).href)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CommandError(`${path} could not be loaded: ${why}`, { exitCode: 2, cause })
  }
  const values = loaded.default
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new CommandError(`${path} must have a default export: export default defineConfig({ port: 4100 })`, {
      exitCode: 2,
    })
  }
  return { file: CONFIG_FILE, values: { ...values } }
}
