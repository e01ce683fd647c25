/** Builds what is published and what is served: declarations and JavaScript, the components' styles, console, examples. */
import { cpSync } from 'node:fs'
import { run } from './run.ts'

run('tsc', ['-b'])
for (const file of ['styles.css', 'graph/graph.css', 'inbox/inbox.css'])
  cpSync(`packages/react/src/${file}`, `packages/react/dist/${file}`)
cpSync('packages/client/src/push/service-worker.js', 'packages/client/dist/push/service-worker.js')
run('vite', ['build', '--logLevel', 'warn'], { cwd: 'apps/console' })
for (const example of ['photos', 'catalogue', 'matching', 'orders'])
  run('vite', ['build', '--logLevel', 'warn'], { cwd: `examples/${example}/page` })
