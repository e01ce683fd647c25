import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { createServer, defaultClientConditions, type Plugin, type ViteDevServer } from 'vite'
import type { Gate } from './gate.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const COPY = /\?copy=\d+$/

/** The application's pages from a real Vite with hot updates, on a copy of its folder that may be edited. */
export interface DevServer {
  /** Replaces text in a file of the copy, in one write; Vite does the rest. @throws Error when text is not there. */
  edit(file: string, changes: readonly (readonly [from: RegExp, to: string])[]): Promise<void>
  close(): Promise<void>
}

/** Puts Vite behind the gate's address, hot updates too. */
export async function startDevServer(gate: Gate): Promise<DevServer> {
  // The real path, since what Vite watches and what it serves must have the same name.
  const root = await realpath(await mkdtemp(join(tmpdir(), 'monofil-storm-')))
  await cp(join(import.meta.dirname, 'app'), root, { recursive: true })
  await symlink(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'))
  const vite = await startVite(root, gate)
  gate.pages = vite.middlewares
  return {
    async edit(file, changes) {
      const path = join(root, file)
      let text = await readFile(path, 'utf8')
      for (const [from, to] of changes) {
        if (!from.test(text)) throw new Error(`nothing to edit in ${file}: ${from}`)
        text = text.replace(from, to)
      }
      await writeFile(path, text)
    },
    async close() {
      await vite.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

function startVite(root: string, gate: Gate): Promise<ViteDevServer> {
  return createServer({
    root,
    configFile: false,
    appType: 'spa',
    logLevel: 'error',
    cacheDir: join(root, '.vite'),
    plugins: [copies(), react()],
    resolve: { conditions: ['@monofil/source', ...defaultClientConditions] },
    // All that the first load needs: what is found later would reload the page in the middle of the storm.
    optimizeDeps: {
      noDiscovery: true,
      include: ['react', 'react/jsx-dev-runtime', 'react-dom', 'react-dom/client', 'eventsource-parser'],
    },
    server: {
      middlewareMode: true,
      hmr: { server: gate.server },
      fs: { allow: [root, REPOSITORY] },
      // Only what the test edits: the checkout may be edited by a person meanwhile.
      watch: { ignored: [join(REPOSITORY, '**')] },
    },
  })
}

/** `?copy=N` on a package's name is that package loaded once more, all its modules with it: two bundles in one page. */
function copies(): Plugin {
  return {
    name: 'copies',
    enforce: 'pre',
    async resolveId(source, importer, options) {
      const copy = COPY.exec(source)?.[0] ?? (source.startsWith('.') ? COPY.exec(importer ?? '')?.[0] : undefined)
      if (copy === undefined) return null
      const plain = await this.resolve(source.replace(COPY, ''), importer?.replace(COPY, ''), {
        ...options,
        skipSelf: true,
      })
      return plain && { ...plain, id: plain.id.replace(COPY, '') + copy }
    },
  }
}
