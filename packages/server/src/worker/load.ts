import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MonofilError } from '@monofil/protocol'
import { isWorkflow, type Workflow } from './workflow.ts'

/**
 * Loads workflow files: the default export of each is a workflow or an array of them.
 * @throws `invalid_request` naming the file and what is wrong with it; the file's own error is the cause.
 */
export async function loadWorkflows(files: readonly string[]): Promise<readonly Workflow[]> {
  const origins = new Map<string, string>()
  const workflows: Workflow[] = []
  for (const file of files) {
    for (const workflow of await loadFile(resolve(file))) {
      const other = origins.get(workflow.name)
      if (other !== undefined) {
        throw wrong(file, `its workflow "${workflow.name}" is defined a second time (also in ${other})`)
      }
      origins.set(workflow.name, file)
      workflows.push(workflow)
    }
  }
  return workflows
}

async function loadFile(file: string): Promise<readonly Workflow[]> {
  if (!existsSync(file)) throw wrong(file, 'there is no such file')
  const exported = await importDefault(file)
  const list: readonly unknown[] = Array.isArray(exported) ? exported : [exported]
  if (exported === undefined) throw wrong(file, 'it has no default export: write "export default defineWorkflow(…)"')
  if (list.length === 0) throw wrong(file, 'its default export is an empty array')
  return list.map((value, index) => {
    if (isWorkflow(value)) return value
    const where = Array.isArray(exported) ? `entry ${index} of its default export` : 'its default export'
    throw wrong(file, `${where} is not what defineWorkflow answers`)
  })
}

async function importDefault(file: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(file).href)
    return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  } catch (cause) {
    throw wrong(file, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function wrong(file: string, what: string, cause?: unknown): MonofilError {
  return new MonofilError('invalid_request', `The workflow file ${file} cannot be used: ${what}.`, { cause })
}
