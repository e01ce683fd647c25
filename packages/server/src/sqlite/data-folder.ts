import { access, constants, mkdir, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { MonofilError } from '@monofil/protocol'

/**
 * File systems whose locks or shared memory cannot be trusted between machines, by the number that Linux gives them
 * (statfs(2)): two owners at once would destroy the database. FUSE is let through, since it says nothing of what is
 * behind it.
 */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9p'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
])

/** The name of a network file system, or undefined for any other; `type` as `fs.statfs` answers it. */
export function networkFileSystem(type: number): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(type >>> 0)
}

// One folder at a time: Node's recursive mkdir tries for ever where a parent exists and says ENOENT, as /proc does.
async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(dir)).isDirectory()) return
    if (codeOf(error) !== 'ENOENT' || dirname(dir) === dir || (await isFolder(dirname(dir)))) throw error
    await makeFolder(dirname(dir))
    await makeFolder(dir)
  }
}

async function isFolder(dir: string): Promise<boolean> {
  const facts = await stat(dir).catch(() => undefined)
  return facts?.isDirectory() === true
}

/** Makes the folder if it is not there. @throws `store_unavailable` where the store cannot or must not live. */
export async function prepareDataFolder(dir: string): Promise<void> {
  try {
    await makeFolder(resolve(dir))
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTDIR') {
      throw refused(`The data folder ${dir} is a file, or lies below one. Choose another folder.`, error)
    }
    throw refused(`The data folder ${dir} cannot be made (${messageOf(error)}). Choose a folder you may write.`, error)
  }
  if (!(await stat(dir)).isDirectory()) throw refused(`The data folder ${dir} is no folder. Choose another.`)
  try {
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const text = `The data folder ${dir} is not writable for this user. Change its owner or mode, or choose another folder.`
    throw refused(text, error)
  }
  const network = networkFileSystem((await statfs(dir)).type)
  if (network !== undefined) {
    const text =
      `The data folder ${dir} is on a network file system (${network}), where SQLite's locks do not hold. ` +
      'Choose a folder on a local disk, or use Postgres.'
    throw refused(text)
  }
}

function refused(text: string, cause?: unknown): MonofilError {
  return new MonofilError('store_unavailable', text, { cause })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
