import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isWorkflow, type Workflow } from '@monofil/server/worker'
import { CommandError } from './command-error.ts'

/** The absolute paths of workflow files. @throws CommandError that names the one that is missing or no file. */
export function findWorkflowFiles(files: readonly string[], cwd: string): readonly string[] {
  return files.map((file) => {
    const path = resolve(cwd, file)
    if (!existsSync(path)) throw new CommandError(`Workflow file ${file} does not exist (looked for ${path}).`)
    if (!statSync(path).isFile()) throw new CommandError(`${path} is no file; --workflows takes files, not folders.`)
    return path
  })
}

/**
 * Loads workflow files: each has a workflow, or an array of them, as its default export.
 * @throws CommandError that names the file and what is wrong with it, or the two files that define the same name.
 */
export async function loadWorkflows(paths: readonly string[]): Promise<readonly Workflow[]> {
  const workflows: Workflow[] = []
  const definedIn = new Map<string, string>()
  for (const path of new Set(paths)) {
    for (const workflow of await loadFile(path)) {
      const other = definedIn.get(workflow.name)
      if (other !== undefined) {
        throw new CommandError(`Workflow ${workflow.name} is defined twice: in ${other} and in ${path}. Rename one.`)
      }
      definedIn.set(workflow.name, path)
      workflows.push(workflow)
    }
  }
  return workflows
}

async function loadFile(path: string): Promise<readonly Workflow[]> {
  let loaded: { readonly default?: unknown }
  try {
    loaded = await import(pathToFileURL(path).href)
  } catch (cause) {
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    throw new CommandError(`Workflow file ${path} could not be loaded: ${why}`, { cause })
  }
  const exported = loaded.default
  const all: readonly unknown[] = Array.isArray(exported) ? exported : [exported]
  if (all.length === 0)
    throw new CommandError(`Workflow file ${path} exports an empty array; it must define one at least.`)
  return all.map((workflow, index) => {
    if (isWorkflow(workflow)) return workflow
    const what =
      exported === undefined
        ? 'has no default export'
        : `exports no workflow${Array.isArray(exported) ? ` at [${index}]` : ''}`
    throw new CommandError(
      `Workflow file ${path} ${what}: write export default defineWorkflow({ name, input, steps }).`,
    )
  })
}
