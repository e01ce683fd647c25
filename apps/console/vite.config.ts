import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

// `MONOFIL_URL` names the hub that `vite` (development only) passes calls on to.
const hub = process.env['MONOFIL_URL'] ?? 'http://127.0.0.1:4000'

export default defineConfig({
  base: '/console/',
  plugins: [react()],
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
