import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { MonofilError } from '@monofil/protocol'

/** A socket's path must fit sun_path: 108 bytes on Linux, 104 on macOS, its NUL included. */
const MAX_PATH_BYTES = 100
const SOCKET_NAME = 'owner.sock'
const POINTER_NAME = 'owner.sock.path'
const PRIVATE_PREFIX = 'monofil-socket-'

/** Where the owner listens, and how it cleans up. */
export interface SocketPlace {
  readonly path: string
  /** Removes the socket's file and what was made for it. Never rejects. */
  remove(): Promise<void>
}

/**
 * Chooses where the owner of `dir` listens and removes what an owner that died left there: whoever calls this holds
 * the store's lock, so a socket file in the folder belongs to nobody else.
 */
export async function placeSocket(dir: string): Promise<SocketPlace> {
  const folder = resolve(dir)
  if (process.platform === 'win32') return { path: pipeName(folder), remove: async () => {} }
  await removePrivateFolder(folder)
  const direct = join(folder, SOCKET_NAME)
  if (Buffer.byteLength(direct) <= MAX_PATH_BYTES) {
    await rm(direct, { force: true })
    return { path: direct, remove: () => rm(direct, { force: true }).catch(() => {}) }
  }
  // mkdtemp makes the folder with mode 0700, so that nobody else can put a socket of theirs in our place.
  const path = join(await mkdtemp(join(tmpdir(), PRIVATE_PREFIX)), SOCKET_NAME)
  await writeFile(join(folder, POINTER_NAME), path, { mode: 0o600 })
  return { path, remove: () => removePrivateFolder(folder).catch(() => {}) }
}

/** The path a caller connects to. @throws `store_unavailable` when nobody has served this folder. */
export async function findSocket(dir: string): Promise<string> {
  const folder = resolve(dir)
  if (process.platform === 'win32') return pipeName(folder)
  const direct = join(folder, SOCKET_NAME)
  if (Buffer.byteLength(direct) <= MAX_PATH_BYTES) {
    if (!existsSync(direct)) throw notServed(folder)
    return direct
  }
  const path = await readPointer(folder)
  if (path === undefined) throw notServed(folder)
  return path
}

/** The error for a data folder without a running owner. */
export function notServed(dir: string, cause?: unknown): MonofilError {
  const message = `No Monofil is running on the data folder ${dir}: start one with "monofil start --data ${dir}".`
  return new MonofilError('store_unavailable', message, { cause })
}

async function readPointer(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, POINTER_NAME), 'utf8')).trim()
  } catch {
    return undefined
  }
}

async function removePrivateFolder(folder: string): Promise<void> {
  const path = await readPointer(folder)
  if (path === undefined) return
  const parent = dirname(path)
  // Only ever a folder that this module made: the pointer is a file that anyone who can write here could change.
  if (basename(parent).startsWith(PRIVATE_PREFIX) && basename(path) === SOCKET_NAME) {
    await rm(path, { force: true })
    await rm(parent, { force: true, recursive: true })
  }
  await rm(join(folder, POINTER_NAME), { force: true })
}

function pipeName(folder: string): string {
  const name = createHash('sha256').update(folder.toLowerCase()).digest('hex').slice(0, 32)
  return `\\\\.\\pipe\\monofil-${name}`
}
