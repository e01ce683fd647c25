import type { NewRevocation } from '@monofil/client'
import type { Revocation } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Flags } from '../context.ts'
import { withClient } from '../hub-client.ts'

const NAMES = ['sub', 'jti', 'role'] as const

/** `monofil revoke`: tokens refused before they end. */
export const revokeCommand: CommandSpec = {
  name: 'revoke',
  description:
    'refuse the tokens of a user, one token, or all with a role, and end their streams; list them, take back',
  arguments: [],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--sub <user>', description: 'all tokens of this user that were issued until now' },
    { syntax: '--jti <id>', description: 'the token with this id (jti)' },
    { syntax: '--role <role>', description: 'all tokens with this role that were issued until now' },
    { syntax: '--before <time>', description: 'those issued before this time, in place of now (ISO 8601)' },
    { syntax: '--list', description: 'what is revoked, newest first' },
    { syntax: '--undo <id>', description: 'take a revocation back, by its id' },
  ],
  examples: [
    'monofil revoke --sub alice',
    'monofil revoke --role admin',
    'monofil revoke --list',
    'monofil revoke --undo rev-3',
  ],
  async action(context, _, flags) {
    const asked = [...NAMES, 'list', 'undo'].filter((name) => flags[name] !== undefined)
    if (asked.length !== 1) {
      throw new CommandError('Revoke what? Give one of --sub, --jti, --role, --list and --undo.', { exitCode: 2 })
    }
    const show = (one: Revocation) => context.print(context.json ? JSON.stringify(one) : lineOf(one))
    return withClient(context, async ({ api }) => {
      if (flags['list'] === true) {
        let cursor: string | undefined
        do {
          const page = await api.revocations.list({ limit: 200, cursor })
          for (const one of page.items) show(one)
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
      } else if (typeof flags['undo'] === 'string') {
        await api.revocations.remove(flags['undo'])
        context.print(
          context.json ? JSON.stringify({ id: flags['undo'], removed: true }) : `${flags['undo']} is taken back`,
        )
      } else show(await api.revocations.add(revocationOf(flags)))
      return 0
    })
  },
}

function revocationOf(flags: Flags): NewRevocation {
  const given = [...NAMES, 'before' as const].filter((name) => typeof flags[name] === 'string')
  return Object.fromEntries(given.map((name) => [name, String(flags[name])]))
}

function lineOf({ id, sub, jti, role, before, until, by }: Revocation): string {
  const what = sub !== null ? `user ${sub}` : jti !== null ? `token ${jti}` : `role ${role}`
  return `${id}  ${what}  issued before ${before}, kept until ${until}, by ${by}`
}
