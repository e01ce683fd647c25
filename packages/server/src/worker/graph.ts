import { MonofilError } from '@monofil/protocol'
import type { StepPlan } from '../seams/store.ts'

/**
 * Checks that the steps of a workflow can all come to run.
 * @throws `invalid_request` for a step twice, an `each` or `after` that names no step, and for a circle.
 */
export function checkGraph(workflow: string, steps: readonly StepPlan[]): void {
  const names = new Set<string>()
  for (const { name } of steps) {
    if (names.has(name)) throw mistake(workflow, `has two steps named "${name}"`)
    names.add(name)
  }
  for (const { name, each, after } of steps) {
    if (each !== null && !names.has(each)) throw unknownStep(workflow, name, `each: '${each}'`, names)
    for (const other of after) {
      if (!names.has(other)) throw unknownStep(workflow, name, `after: ['${other}']`, names)
    }
  }
  const circle = findCircle(waitsFor(steps))
  if (circle !== undefined) throw mistake(workflow, `has steps that wait for each other: ${circle.join(' → ')}`)
}

/** Which steps each one waits for; one that names none waits for the one above it. */
function waitsFor(steps: readonly StepPlan[]): ReadonlyMap<string, readonly string[]> {
  const edges = new Map<string, readonly string[]>()
  let above: string | undefined
  for (const { name, each, after } of steps) {
    if (each !== null) edges.set(name, [each, ...after])
    else edges.set(name, after.length > 0 || above === undefined ? after : [above])
    above = name
  }
  return edges
}

function findCircle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>()
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    if (done.has(name)) return undefined
    for (const next of edges.get(name) ?? []) {
      const circle = walk(next, [...path, name])
      if (circle !== undefined) return circle
    }
    done.add(name)
    return undefined
  }
  for (const name of edges.keys()) {
    const circle = walk(name, [])
    if (circle !== undefined) return circle
  }
  return undefined
}

function unknownStep(workflow: string, step: string, what: string, names: ReadonlySet<string>): MonofilError {
  return mistake(workflow, `has no step for ${what} of step "${step}": its steps are ${[...names].join(', ')}`)
}

function mistake(workflow: string, what: string): MonofilError {
  return new MonofilError('invalid_request', `Workflow "${workflow}" ${what}.`)
}
