/** Builds what is published and what the hub serves: declarations and JavaScript, the components' styles, the console. */
import { cpSync } from 'node:fs'
import { run } from './run.ts'

run('tsc', ['-b'])
cpSync('packages/react/src/styles.css', 'packages/react/dist/styles.css')
run('vite', ['build', '--logLevel', 'warn'], { cwd: 'apps/console' })
