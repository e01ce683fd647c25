import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CommandError } from './command-error.ts'
import type { Io } from './context.ts'

/**
 * Reads a JSON argument: the JSON itself, `@file`, or `-` for standard input.
 * @throws CommandError (exit 2) that says where it is no JSON or which file is missing.
 */
export async function readJsonArgument(text: string, io: Io, name: string): Promise<unknown> {
  const source = await readSource(text, io, name)
  try {
    return JSON.parse(source.text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const hint = source.from === name ? ` Quote it for the shell: '{"folder":"photos"}', or pass @file.` : ''
    throw new CommandError(`${source.from} is not JSON: ${why}.${hint}`, { exitCode: 2, cause })
  }
}

async function readSource(text: string, io: Io, name: string): Promise<{ text: string; from: string }> {
  if (text === '-') {
    let all = ''
    for await (const chunk of io.stdin) all += chunk.toString()
    return { text: all, from: 'Standard input' }
  }
  if (!text.startsWith('@')) return { text, from: name }
  const path = resolve(io.cwd, text.slice(1))
  try {
    return { text: await readFile(path, 'utf8'), from: path }
  } catch (cause) {
    throw new CommandError(`${name}: the file ${path} cannot be read.`, { exitCode: 2, cause })
  }
}
