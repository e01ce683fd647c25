import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Authenticator, type JwtOptions, jwtAuthenticator, type Logger } from '@monofil/server'
import { CommandError } from './command-error.ts'
import { SETTINGS, type Settings } from './settings/index.ts'

type Named =
  | 'secret'
  | 'keys'
  | 'jwksUrl'
  | 'issuer'
  | 'audience'
  | 'operatorRole'
  | 'tokenMaxLifeHours'
  | 'corsOrigins'
  | 'cookieName'

/** What may be said about who gets in; what is left out has the setting's default. */
export type AuthSettings = { readonly [K in Named]?: Settings[K] | undefined }

const SOURCES = ['secret', 'keys', 'jwksUrl'] as const

/**
 * Who gets in, by the settings; undefined without keys, which is development mode.
 * @throws CommandError that names the setting and shows no value.
 */
export function authenticatorOf(settings: AuthSettings, logger: Logger): Authenticator | undefined {
  const given = SOURCES.filter((name) => (settings[name] ?? '') !== '')
  const [source] = given
  if (source === undefined) return undefined
  const names = given.map((name) => SETTINGS[name].env)
  if (given.length > 1) {
    throw new CommandError(
      `${names.join(' and ')} are both given: tokens are checked with one of them. Take one away.`,
      {
        exitCode: 2,
      },
    )
  }
  const { issuer = [], audience = [], operatorRole = SETTINGS.operatorRole.default } = settings
  const { cookieName = SETTINGS.cookieName.default } = settings
  const hours = settings.tokenMaxLifeHours ?? SETTINGS.tokenMaxLifeHours.default
  try {
    return jwtAuthenticator({
      ...sourceOf(source, settings),
      ...{ issuer, audience, operatorRole, cookieName, logger },
      // Their pages may use the cookie, as they may call the hub.
      allowedOrigins: settings.corsOrigins ?? [],
      maxLifeMs: hours * 3_600_000,
    })
  } catch (error) {
    if (error instanceof CommandError || !(error instanceof TypeError)) throw error
    throw new CommandError(`${names[0]}: ${error.message}.`, { exitCode: 2, cause: error })
  }
}

function sourceOf(source: (typeof SOURCES)[number], settings: AuthSettings): JwtOptions {
  if (source === 'keys') return { keys: readKeyFile(settings.keys ?? '', SETTINGS.keys.env) }
  return { [source]: settings[source] }
}

/** The text of a file with keys. @throws CommandError with the setting or flag and the path. */
export function readKeyFile(path: string, named: string): string {
  try {
    return readFileSync(resolve(path), 'utf8')
  } catch (cause) {
    throw new CommandError(`${named}: ${resolve(path)} could not be read.`, { exitCode: 2, cause })
  }
}
