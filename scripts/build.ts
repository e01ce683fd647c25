/** Builds what is published and what is served: declarations and JavaScript, the components' styles, console, photos. */
import { cpSync } from 'node:fs'
import { run } from './run.ts'

run('tsc', ['-b'])
for (const file of ['styles.css', 'graph/graph.css'])
  cpSync(`packages/react/src/${file}`, `packages/react/dist/${file}`)
run('vite', ['build', '--logLevel', 'warn'], { cwd: 'apps/console' })
run('vite', ['build', '--logLevel', 'warn'], { cwd: 'examples/photos/page' })
