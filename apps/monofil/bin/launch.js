// A checkout runs its sources, a published package its build. Sources are found under a condition of their own
// (`@monofil/source`); where Node was not started with it, a resolve hook adds it for this process, so that there
// is one process with one pid and not a second Node that signals would have to be passed on to.
import { existsSync } from 'node:fs'
import { enableCompileCache, registerHooks } from 'node:module'

enableCompileCache()

const CONDITION = '@monofil/source'
const source = new URL('../src/cli.ts', import.meta.url)

if (existsSync(source)) {
  registerHooks({
    resolve(specifier, context, next) {
      if (context.conditions.includes(CONDITION)) return next(specifier, context)
      return next(specifier, { ...context, conditions: [...context.conditions, CONDITION] })
    },
  })
  await import(source.href)
} else {
  await import('../dist/cli.js')
}
