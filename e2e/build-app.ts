import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { build, defaultClientConditions } from 'vite'

/** Builds a test application (a folder beside this, or any) in development mode: StrictMode mounts twice only there. Answers where. */
export async function buildApp(app = 'app'): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'monofil-app-'))
  await build({
    root: resolve(import.meta.dirname, app),
    base: '/console/',
    mode: 'development',
    logLevel: 'warn',
    plugins: [react()],
    resolve: { conditions: ['@monofil/source', ...defaultClientConditions] },
    define: { 'process.env.NODE_ENV': '"development"' },
    build: { outDir, emptyOutDir: true, minify: false },
  })
  return outDir
}
