import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Takes away what the inventory of this run does not need: thumbnails of photos that are gone, cut writes. */
export async function tidy(out: string, thumbnails: ReadonlySet<string>): Promise<void> {
  const names = await readdir(join(out, 'thumbnails')).catch(() => [])
  // Only names that this example gives: the folder was chosen by a person and may hold other things.
  const ours = names.filter((name) => /^[0-9a-f]{16}\.webp(\.[0-9a-z-]+\.tmp)?$/.test(name))
  for (const name of ours) {
    if (!thumbnails.has(`thumbnails/${name}`)) await rm(join(out, 'thumbnails', name), { force: true })
  }
}
