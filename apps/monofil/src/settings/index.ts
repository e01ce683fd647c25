export { defineConfig, loadConfigFile } from './config-file.ts'
export { readSettings } from './read.ts'
export type { Config, SettingName, SettingSpec, Settings } from './table.ts'
export { SETTINGS } from './table.ts'
