import { readFile } from 'node:fs/promises'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

// `MONOFIL_URL` names the hub that `vite` (development only) passes calls on to.
const hub = process.env['MONOFIL_URL'] ?? 'http://127.0.0.1:4000'

// As the conditions do for code: the checkout's own, built or not. What is published has no such condition, being no module.
const SERVICE_WORKER = new URL('../../packages/client/src/push/service-worker.js', import.meta.url)

// Beside index.html, under a name of its own: a worker's pages are those of its folder, and it is looked for by its address.
const serviceWorker: Plugin = {
  name: 'service-worker',
  async generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: await readFile(SERVICE_WORKER) })
  },
}

export default defineConfig({
  base: '/console/',
  plugins: [react(), serviceWorker],
  resolve: { conditions: ['@monofil/source', ...defaultClientConditions] },
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    sourcemap: false,
    assetsInlineLimit: 0,
    // One file for what is looked at daily: the hub serves it once with a long life, and no page waits for a second one.
    // The graph and the charts are files of their own.
    chunkSizeWarningLimit: 800,
    reportCompressedSize: false,
  },
  server: { proxy: { '/v1': hub } },
})
