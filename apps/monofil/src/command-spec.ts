import type { Action } from './context.ts'
import type { SettingName } from './settings/index.ts'

/** A command as its help tells it. Settings are flags that the environment and the configuration file can give too. */
export interface CommandSpec {
  readonly name: string
  readonly description: string
  readonly arguments: readonly { readonly syntax: string; readonly description: string }[]
  readonly settings: readonly { readonly name: SettingName; readonly syntax: string }[]
  readonly options: readonly { readonly syntax: string; readonly description: string }[]
  readonly examples: readonly string[]
  readonly action: Action
}

/** The settings of every command that talks to a hub. */
export const HUB_SETTINGS: CommandSpec['settings'] = [
  { name: 'url', syntax: '--url <url>' },
  { name: 'token', syntax: '--token <token>' },
]
