/** A disk that is full when the test wants it to be: a small file system that only the processes on it see. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const AS_ROOT = process.getuid?.() === 0

/** Starts a process with a file system of `megabytes` in the data folder. Needs root, or user namespaces. */
export function onSmallDisk(data: string, megabytes: number): readonly string[] {
  mkdirSync(data, { recursive: true })
  const own = AS_ROOT ? ['--mount'] : ['--mount', '--user', '--map-root-user']
  const script = `mount -t tmpfs -o size=${megabytes}m,mode=700 tmpfs "$0" && exec "$@"`
  return ['unshare', ...own, 'sh', '-c', script, data]
}

/** Starts a process on a small disk that is full, with a copy of the data in `from`. */
export function onFullDisk(data: string, from: string): readonly string[] {
  const [first = '', ...rest] = onSmallDisk(data, 3)
  const fill = `cp -r '${from}'/. "$0" && { cat /dev/zero > "$0/filler" 2>/dev/null; exec "$@"; }`
  return [first, ...rest.map((word) => word.replace('exec "$@"', fill))]
}

/** Starts a process that sees what the process `pid` sees. */
export function besides(pid: number): readonly string[] {
  return ['nsenter', '--target', String(pid), '--mount', ...(AS_ROOT ? [] : ['--user', '--preserve-credentials'])]
}

/** Takes all the room there is on the small disk of the process; answers how to give it back. */
export function fill(pid: number, data: string): () => void {
  const path = join(`/proc/${pid}/root`, data, 'filler')
  const file = openSync(path, 'w')
  for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
  closeSync(file)
  return () => rmSync(path)
}
