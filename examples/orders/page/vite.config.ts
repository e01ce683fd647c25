import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

const styleOf = (file: string) => fileURLToPath(new URL(`../../../packages/react/src/${file}`, import.meta.url))

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: {
    conditions: ['@monofil/source', ...defaultClientConditions],
    // As the conditions do for code: the checkout's own, built or not.
    alias: {
      '@monofil/react/styles.css': styleOf('styles.css'),
      '@monofil/react/inbox.css': styleOf('inbox/inbox.css'),
    },
  },
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    reportCompressedSize: false,
  },
})
