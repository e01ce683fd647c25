import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, type UserConfig } from 'vite'

const STYLES = ['styles.css', 'graph/graph.css', 'inbox/inbox.css']

/** Builds an example's page at `root` into `dist/page` beside it, out of the checkout's own sources, built or not. */
export function pageConfig(root: string): UserConfig {
  const source = (file: string) => fileURLToPath(new URL(`../../../packages/react/src/${file}`, import.meta.url))
  return {
    root,
    plugins: [react()],
    resolve: {
      conditions: ['@monofil/source', ...defaultClientConditions],
      // As the conditions do for code.
      alias: Object.fromEntries(STYLES.map((file) => [`@monofil/react/${file.split('/').at(-1)}`, source(file)])),
    },
    build: {
      outDir: '../dist/page',
      emptyOutDir: true,
      target: 'es2023',
      cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
      reportCompressedSize: false,
    },
  }
}
