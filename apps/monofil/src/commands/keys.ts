import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CommandError } from '../command-error.ts'
import type { CommandSpec } from '../command-spec.ts'

const KINDS = ['secret', 'eddsa', 'es256', 'vapid'] as const

/** `monofil keys`: makes what tokens are signed and checked with, in files that only this user may read. */
export const keysCommand: CommandSpec = {
  name: 'keys',
  description:
    'make a secret or a key pair for tokens, or one for pushes, in files that only you can read; nothing is overwritten',
  arguments: [],
  settings: [],
  options: [
    {
      syntax: '--kind <kind>',
      description: 'secret (default: issuer and hub share it), eddsa or es256 (a key pair), vapid (for pushes)',
    },
    { syntax: '--out <folder>', description: 'where the files go (default: this folder)' },
  ],
  examples: ['monofil keys', 'monofil keys --kind eddsa --out ./secrets'],
  async action(context, _, flags) {
    const kind = KINDS.find((one) => one === (flags['kind'] ?? 'secret'))
    if (kind === undefined) {
      throw new CommandError(`--kind: "${String(flags['kind'])}" is not one of ${KINDS.join(', ')}.`, { exitCode: 2 })
    }
    const { newKeyPair, newSecret } = await import('@monofil/server')
    const folder = resolve(context.io.cwd, typeof flags['out'] === 'string' ? flags['out'] : '.')
    if (kind === 'secret') {
      const file = join(folder, 'monofil.env')
      writeAll(folder, [[file, `MONOFIL_SECRET=${newSecret()}\n`]])
      say(
        context,
        { kind, files: [file] },
        `Start the hub with it: export $(cat ${file}). Keep it out of the repository.`,
      )
      return 0
    }
    if (kind === 'vapid') {
      await makeVapid(context, folder)
      return 0
    }
    const { privateKey, publicKey } = newKeyPair(kind === 'eddsa' ? 'EdDSA' : 'ES256')
    const files = [join(folder, 'monofil-private.pem'), join(folder, 'monofil-public.pem')] as const
    writeAll(folder, [
      [files[0], privateKey],
      [files[1], publicKey],
    ])
    say(
      context,
      { kind, files },
      `The hub gets the public one: MONOFIL_KEYS=${files[1]}. Keep the private one with who issues tokens.`,
    )
    return 0
  },
}

/** What signs pushes. Few need it: without one the data folder keeps a pair of its own. */
async function makeVapid(context: Parameters<CommandSpec['action']>[0], folder: string): Promise<void> {
  const { newVapidKeys } = await import('@monofil/server/push')
  const { publicKey, privateKey } = newVapidKeys()
  const file = join(folder, 'monofil-vapid.env')
  writeAll(folder, [[file, `MONOFIL_VAPID_PUBLIC_KEY=${publicKey}\nMONOFIL_VAPID_PRIVATE_KEY=${privateKey}\n`]])
  say(
    context,
    { kind: 'vapid', files: [file] },
    `Start the hub with it and MONOFIL_PUSH_SUBJECT: export $(cat ${file}). With other keys browsers subscribe again.`,
  )
}

function writeAll(folder: string, files: readonly (readonly [path: string, text: string])[]): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const [path, text] of files) writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const { code, path = folder } = cause as NodeJS.ErrnoException
    const why =
      code === 'EEXIST' ? 'is there already: move it away, or choose another --out' : `could not be written (${code})`
    throw new CommandError(`${path} ${why}.`, { cause })
  }
}

function say(
  context: Parameters<CommandSpec['action']>[0],
  made: { readonly kind: string; readonly files: readonly string[] },
  next: string,
): void {
  if (context.json) {
    context.print(JSON.stringify(made))
    return
  }
  for (const file of made.files) context.print(`made ${file}`)
  context.print(context.paint.faint(next))
}
