import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { CommandError } from './command-error.ts'

/** The absolute paths of workflow files. @throws CommandError that names the one that is missing or no file. */
export function findWorkflowFiles(files: readonly string[], cwd: string): readonly string[] {
  const paths = files.map((file) => {
    const path = resolve(cwd, file)
    if (!existsSync(path)) throw new CommandError(`Workflow file ${file} does not exist (looked for ${path}).`)
    if (!statSync(path).isFile()) throw new CommandError(`${path} is no file; --workflows takes files, not folders.`)
    return path
  })
  return [...new Set(paths)]
}
