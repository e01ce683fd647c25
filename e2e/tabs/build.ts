import { copyFile, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, defaultClientConditions, type Plugin } from 'vite'

const CLIENT = join(import.meta.dirname, '../../packages/client/src')

/**
 * Builds the tab's page, the shared worker's script, and both once more as the next deployment would have them: under
 * `next-page.js`, with another version of what tabs say to each other. Answers the folder.
 */
export async function buildTabs(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'monofil-tabs-'))
  await bundle(outDir, join(import.meta.dirname, 'page.ts'), 'page')
  await bundle(outDir, join(import.meta.dirname, 'page.ts'), 'next-page', [nextVersion()])
  await bundle(outDir, join(CLIENT, 'shared-worker.ts'), 'worker')
  await copyFile(join(import.meta.dirname, 'index.html'), join(outDir, 'index.html'))
  await copyFile(join(import.meta.dirname, 'next.html'), join(outDir, 'next.html'))
  return outDir
}

function bundle(outDir: string, entry: string, fileName: string, plugins: Plugin[] = []): Promise<unknown> {
  return build({
    configFile: false,
    logLevel: 'warn',
    plugins,
    resolve: { conditions: ['@monofil/source', ...defaultClientConditions] },
    build: { outDir, emptyOutDir: false, minify: false, lib: { entry, formats: ['es'], fileName } },
  })
}

/** The same source with the next number, as after a change of the words between tabs. */
function nextVersion(): Plugin {
  const version = /SHARING_VERSION = (\d+)/
  return {
    name: 'next-version',
    transform(code, id) {
      if (!id.endsWith('sharing/words.ts')) return null
      if (!version.test(code)) throw new Error('the version of the words between tabs is not where it was')
      return code.replace(version, (_, number: string) => `SHARING_VERSION = ${Number(number) + 1}`)
    },
  }
}
