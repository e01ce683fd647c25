import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import react from '@vitejs/plugin-react'
import { build, createServer, defaultClientConditions, type ViteDevServer } from 'vite'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const APP = join(import.meta.dirname, 'app')
const SOURCE = '@monofil/source'

/** The page as Vite builds it for production; answers its folder, for the hub to serve under /console/. */
export async function viteBuild(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'monofil-devtools-'))
  const before = process.env['NODE_ENV']
  // What `vite build` finds; a test runner has set it to `test`, which is no production.
  process.env['NODE_ENV'] = 'production'
  await build({
    root: APP,
    base: '/console/',
    logLevel: 'warn',
    plugins: [react()],
    resolve: { conditions: [SOURCE, ...defaultClientConditions] },
    build: { outDir, emptyOutDir: true },
  }).finally(() => {
    process.env['NODE_ENV'] = before
  })
  return outDir
}

/** The page from Vite's development server, with the hub behind it. */
export async function viteServer(hub: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'monofil-vite-'))
  const server: ViteDevServer = await createServer({
    root: APP,
    configFile: false,
    mode: 'development',
    logLevel: 'error',
    cacheDir,
    plugins: [react()],
    resolve: { conditions: [SOURCE, ...defaultClientConditions] },
    define: { 'process.env.NODE_ENV': '"development"' },
    optimizeDeps: {
      noDiscovery: true,
      include: ['react', 'react/jsx-dev-runtime', 'react-dom', 'react-dom/client', 'eventsource-parser'],
    },
    server: { host: '127.0.0.1', port: 0, proxy: { '/v1': hub }, fs: { allow: [REPOSITORY] }, watch: null },
  })
  await server.listen()
  return {
    url: server.resolvedUrls?.local[0] ?? '',
    async close() {
      await server.close()
      await rm(cacheDir, { recursive: true, force: true })
    },
  }
}

/** The page as esbuild builds it: `minify` is what makes its build one for production. */
export async function esbuild(minify: boolean): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'monofil-esbuild-'))
  const flags = [
    '--bundle',
    '--splitting',
    '--format=esm',
    '--jsx=automatic',
    `--conditions=${SOURCE}`,
    '--log-level=warning',
  ]
  const program = join(REPOSITORY, 'node_modules/.bin/esbuild')
  await promisify(execFile)(program, [
    join(APP, 'main.tsx'),
    ...flags,
    `--outdir=${outDir}`,
    ...(minify ? ['--minify'] : []),
  ])
  const page = await readFile(join(APP, 'index.html'), 'utf8')
  await writeFile(join(outDir, 'index.html'), page.replace('./main.tsx', '/console/main.js'))
  return outDir
}

/** All of a build's script, as one text. */
export async function scriptOf(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true })
  const scripts = files.filter((file) => file.endsWith('.js')).map((file) => readFile(join(folder, file), 'utf8'))
  return (await Promise.all(scripts)).join('\n')
}
