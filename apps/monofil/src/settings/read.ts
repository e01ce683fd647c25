import { CommandError } from '../command-error.ts'
import { SETTING_NAMES, SETTINGS, type SettingName, type SettingSpec, type Settings } from './table.ts'

/** Where settings come from, strongest first. */
export interface SettingSources {
  /** Values of flags by setting name; undefined is not given. */
  readonly flags: Readonly<Partial<Record<SettingName, string | readonly string[] | undefined>>>
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the configuration file exports, unchecked. */
  readonly config: { readonly file: string; readonly values: Readonly<Record<string, unknown>> } | undefined
}

interface Given {
  readonly value: unknown
  readonly source: string
}

/**
 * Flags, then `MONOFIL_*`, then the configuration file, then defaults. Settings that the command at hand does not
 * use are checked too, so that a typing error is found at the first command and not at the tenth.
 *
 * @throws CommandError (exit 2) that names the unknown or bad setting, where it was given, and what is accepted.
 */
export function readSettings(sources: SettingSources): Settings {
  refuseUnknown(sources)
  const values: Record<string, unknown> = {}
  for (const name of SETTING_NAMES) values[name] = readOne(name, sources)
  return values as Settings
}

function readOne(name: SettingName, sources: SettingSources): unknown {
  const spec: SettingSpec = SETTINGS[name]
  const given = find(name, spec, sources)
  if (given === undefined) return spec.default
  const parsed = spec.schema.safeParse(given.value)
  if (parsed.success) return parsed.data
  const shown = SECRETS.has(name) ? 'the value' : JSON.stringify(given.value)
  throw new CommandError(`${given.source}: ${shown} is not accepted. Accepted: ${spec.accepted}.`, { exitCode: 2 })
}

/** Never repeated in a message. */
const SECRETS: ReadonlySet<SettingName> = new Set(['token', 'secret', 'jwksUrl', 'vapidPrivateKey'])

function find(name: SettingName, spec: SettingSpec, sources: SettingSources): Given | undefined {
  const flag = sources.flags[name]
  if (flag !== undefined) {
    return { value: typeof flag === 'string' ? spec.fromText(flag) : flag, source: `--${dashed(name)}` }
  }
  const text = sources.env[spec.env]
  // An empty variable is how shells and compose files say "not set".
  if (text !== undefined && text !== '') return { value: spec.fromText(text), source: spec.env }
  const value = sources.config?.values[name]
  if (value !== undefined) return { value, source: `${name} in ${sources.config?.file}` }
  return undefined
}

function refuseUnknown(sources: SettingSources): void {
  const known = new Set<string>(SETTING_NAMES.map((name) => SETTINGS[name].env))
  for (const [name, value] of Object.entries(sources.env)) {
    if (!name.startsWith('MONOFIL_') || known.has(name) || value === undefined || value === '') continue
    throw new CommandError(`Unknown setting ${name} in the environment. Known: ${[...known].join(', ')}.`, {
      exitCode: 2,
    })
  }
  for (const name of Object.keys(sources.config?.values ?? {})) {
    if (Object.hasOwn(SETTINGS, name)) continue
    throw new CommandError(`Unknown setting ${name} in ${sources.config?.file}. Known: ${SETTING_NAMES.join(', ')}.`, {
      exitCode: 2,
    })
  }
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
