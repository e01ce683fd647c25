import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { build, defaultClientConditions } from 'vite'

/** Builds the test application in development mode (StrictMode mounts twice only there) and answers its folder. */
export async function buildApp(app = 'app'): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'monofil-app-'))
  await build({
    root: join(import.meta.dirname, app),
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
