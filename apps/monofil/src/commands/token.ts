import type { SigningKey } from '@monofil/server'
import { readKeyFile } from '../authenticator.ts'
import { CommandError } from '../command-error.ts'
import type { CommandSpec } from '../command-spec.ts'
import type { Flags } from '../context.ts'
import { SETTINGS, type Settings } from '../settings/index.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `monofil token`: a token for a user, signed with the hub's secret or a private key. */
export const tokenCommand: CommandSpec = {
  name: 'token',
  description: 'make a token; it is signed with MONOFIL_SECRET, or with a private key',
  arguments: [],
  settings: [
    { name: 'issuer', syntax: '--issuer <name...>' },
    { name: 'audience', syntax: '--audience <name...>' },
    { name: 'tokenMaxLifeHours', syntax: '--token-max-life-hours <number>' },
  ],
  options: [
    { syntax: '--sub <user>', description: 'whose token it is' },
    { syntax: '--role <role...>', description: 'roles of the user; the role admin has every right' },
    { syntax: '--topic <pattern...>', description: 'what it may read: topics, or prefixes ending in *' },
    { syntax: '--publish <pattern...>', description: 'what it may write or do, such as orders* or workflow:photos' },
    { syntax: '--expires <time>', description: 'how long it counts: 30s, 15m, 1h (default), 7d' },
    { syntax: '--key <file>', description: 'private key to sign with (PEM), in place of MONOFIL_SECRET' },
  ],
  examples: [
    'monofil token --sub alice --role admin',
    'monofil token --sub shop --topic "orders*" --publish "orders*" workflow:photos --expires 15m',
    'monofil token --sub alice --key ./monofil-private.pem',
  ],
  async action(context, _, flags) {
    const { settings } = context
    const { issueToken } = await import('@monofil/server')
    const claims = claimsOf(settings, flags)
    let token: string
    try {
      token = await issueToken(claims, signingKeyOf(settings, flags))
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause
      throw new CommandError(`The token could not be signed: ${cause.message}.`, { exitCode: 2, cause })
    }
    const expiresAt = new Date(Date.now() + claims.lifeMs).toISOString()
    context.print(context.json ? JSON.stringify({ token, sub: claims.sub, expiresAt }) : token)
    return 0
  },
}

function claimsOf(settings: Settings, flags: Flags) {
  const sub = flags['sub']
  if (typeof sub !== 'string' || sub === '')
    throw new CommandError('Whose token? Name the user with --sub.', { exitCode: 2 })
  const lifeMs = lifeOf(typeof flags['expires'] === 'string' ? flags['expires'] : '1h')
  if (lifeMs > settings.tokenMaxLifeHours * 3_600_000) {
    const { env } = SETTINGS.tokenMaxLifeHours
    const words = `--expires: the hub takes tokens of at most ${settings.tokenMaxLifeHours} h. Raise ${env} here and at the hub.`
    throw new CommandError(words, { exitCode: 2 })
  }
  const [roles, topics, publish] = [listOf(flags['role']), listOf(flags['topic']), listOf(flags['publish'])]
  const audience = settings.audience.length === 0 ? undefined : settings.audience
  return { sub, roles, topics, publish, lifeMs, issuer: settings.issuer[0], audience }
}

function signingKeyOf(settings: Settings, flags: Flags): SigningKey {
  if (typeof flags['key'] === 'string') return { privateKey: readKeyFile(flags['key'], '--key') }
  if (settings.secret !== '') return { secret: settings.secret }
  throw new CommandError(
    'Nothing to sign with: set MONOFIL_SECRET, or name a private key with --key. "monofil keys" makes both.',
    {
      exitCode: 2,
    },
  )
}

function lifeOf(text: string): number {
  const match = /^([1-9]\d{0,6})([smhd])$/.exec(text)
  const unit = UNITS[match?.[2] ?? '']
  if (unit === undefined)
    throw new CommandError(`--expires: "${text}" is no time such as 30s, 15m, 1h or 7d.`, { exitCode: 2 })
  return Number(match?.[1]) * unit
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
