import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { loadConfigFile } from './config-file.ts'
import { readSettings } from './read.ts'
import { SETTING_NAMES, SETTINGS, type SettingSpec } from './table.ts'

const nothing = { flags: {}, env: {}, config: undefined }

describe('readSettings', () => {
  test('answers every default when nobody says anything', () => {
    const settings = readSettings(nothing)
    expect(settings.port).toBe(4000)
    expect(settings.host).toBe('127.0.0.1')
    expect(settings.data).toBe('.monofil')
    expect(settings.limitPublish).toBe(undefined)
    expect(Object.keys(settings)).toEqual(SETTING_NAMES)
  })

  test('a flag beats the environment, which beats the file, which beats the default', () => {
    const config = { file: 'monofil.config.ts', values: { port: 1, host: 'localhost', data: 'c' } }
    const env = { MONOFIL_PORT: '2', MONOFIL_HOST: '127.0.0.2' }
    const settings = readSettings({ flags: { port: '3' }, env, config })
    expect(settings).toMatchObject({ port: 3, host: '127.0.0.2', data: 'c', concurrency: 8 })
  })

  test('an empty variable is not given; lists are split at commas; flags of lists are lists', () => {
    expect(readSettings({ ...nothing, env: { MONOFIL_PORT: '', PATH: '/bin' } }).port).toBe(4000)
    expect(readSettings({ ...nothing, env: { MONOFIL_WORKFLOWS: 'a.ts, b.ts,' } }).workflows).toEqual(['a.ts', 'b.ts'])
    expect(readSettings({ ...nothing, flags: { workflows: ['x,y.ts'] } }).workflows).toEqual(['x,y.ts'])
  })

  test.each([
    ['MONOFIL_PORT', '65536', 'a whole number from 0 to 65535'],
    ['MONOFIL_PORT', '4e3', 'a whole number'],
    ['MONOFIL_CONCURRENCY', '0', 'from 1 to 1000'],
    ['MONOFIL_LOG_LEVEL', 'loud', 'debug, info, warn, error or silent'],
    ['MONOFIL_STORE', 'postgres', 'sqlite (the embedded store; this version has no other)'],
    ['MONOFIL_BUS', 'redis', 'local (the embedded bus'],
    ['MONOFIL_DISPATCH', 'bullmq', 'store (the embedded dispatcher'],
    ['MONOFIL_LIMIT_PUBLISH', '-1', 'a whole number from 0 (no limit)'],
    ['MONOFIL_LIMIT_STREAMS_USER', '1e3', 'a whole number from 0 (no limit)'],
    ['MONOFIL_TRUST_PROXY', 'localhost', 'a number of proxies in a row'],
    ['MONOFIL_URL', 'ftp://x', 'an http or https address'],
    ['MONOFIL_CORS_ORIGINS', '*', 'never *'],
    ['MONOFIL_CORS_ORIGINS', 'https://*.example', 'never *'],
    ['MONOFIL_CORS_ORIGINS', 'https://b.example/', 'origins such as https://app.example.com'],
    ['MONOFIL_HSTS_SECONDS', '-1', 'from 0 to 63072000'],
    ['MONOFIL_COOKIE_NAME', '__Host-x', 'without __ in front'],
    ['MONOFIL_COOKIE_NAME', 'a b', '1 to 64 letters'],
  ])('%s=%s stops with its name and what is accepted', (name, value, accepted) => {
    const read = () => readSettings({ ...nothing, env: { [name]: value } })
    expect(read).toThrowError(expect.objectContaining({ exitCode: 2 }))
    expect(read).toThrow(name)
    expect(read).toThrow(accepted)
    expect(read).toThrow(value)
  })

  test('a bad flag is named as a flag, a bad value of the file with the file', () => {
    expect(() => readSettings({ ...nothing, flags: { port: 'x' } })).toThrow('--port: "x" is not accepted')
    expect(() => readSettings({ ...nothing, flags: { graceMs: 'x' } })).toThrow('--grace-ms')
    const config = { file: 'monofil.config.ts', values: { port: '4000' } }
    expect(() => readSettings({ ...nothing, config })).toThrow('port in monofil.config.ts: "4000" is not accepted')
  })

  test('an unknown setting stops the start and names the known ones', () => {
    expect(() => readSettings({ ...nothing, env: { MONOFIL_PROT: '1' } })).toThrow(
      /Unknown setting MONOFIL_PROT .*MONOFIL_PORT/,
    )
    const config = { file: 'monofil.config.ts', values: { prot: 1 } }
    expect(() => readSettings({ ...nothing, config })).toThrow(/Unknown setting prot in monofil.config.ts.*port/)
  })

  test('a setting that keys will need is refused rather than ignored', () => {
    expect(() => readSettings({ ...nothing, env: { MONOFIL_SECRET: 's3cret' } })).toThrow('MONOFIL_SECRET')
  })

  test('a token is never repeated in a message', () => {
    const read = () => readSettings({ ...nothing, env: { MONOFIL_TOKEN: 'a b' } })
    expect(read).toThrow('MONOFIL_TOKEN')
    expect(read).not.toThrow('a b')
  })

  test('every default is itself accepted', () => {
    for (const name of SETTING_NAMES) {
      const spec: SettingSpec = SETTINGS[name]
      expect(spec.schema.safeParse(spec.default).success, name).toBe(true)
    }
  })
})

describe('loadConfigFile', () => {
  const folders: string[] = []
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
  })

  async function folderWith(text: string | undefined): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'monofil-config-'))
    folders.push(folder)
    if (text !== undefined) await writeFile(join(folder, 'monofil.config.ts'), text)
    return folder
  }

  test('answers undefined where there is none', async () => {
    expect(await loadConfigFile(await folderWith(undefined))).toBeUndefined()
  })

  test('reads typed TypeScript', async () => {
    const loaded = await loadConfigFile(await folderWith('export default { port: 4100 as number }\n'))
    expect(loaded?.values).toEqual({ port: 4100 })
  })

  test.each(['export const port = 1\n', 'export default 7\n', 'export default [1]\n'])('refuses %j', async (text) => {
    await expect(loadConfigFile(await folderWith(text))).rejects.toThrow('must have a default export')
  })

  test('says why a broken file could not be loaded', async () => {
    await expect(loadConfigFile(await folderWith('export default {\n'))).rejects.toThrow('could not be loaded')
  })
})
