import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { CommandError } from './command-error.ts'

/** A file that is there under its name only when it is whole: until then it has another one beside it. */
export class NewFile {
  readonly #path: string
  readonly #part: string
  readonly #handle: FileHandle
  readonly #force: boolean

  private constructor(path: string, part: string, handle: FileHandle, force: boolean) {
    this.#path = path
    this.#part = part
    this.#handle = handle
    this.#force = force
  }

  /** @throws CommandError where something has this name and may not be replaced. */
  static async check(path: string, force: boolean): Promise<void> {
    const there = await stat(path).catch(() => undefined)
    if (there?.isDirectory() === true) throw new CommandError(`${path} is a folder: name a file in it.`)
    if (there !== undefined && !force) throw new CommandError(`${path} is there already: --force replaces it.`)
  }

  /** @throws CommandError where it cannot be written, with what the system says. */
  static async open(path: string, force: boolean): Promise<NewFile> {
    await NewFile.check(path, force)
    const part = `${path}.${process.pid}.part`
    try {
      return new NewFile(path, part, await open(part, 'wx'), force)
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      throw new CommandError(`${path} cannot be written: ${said}`, { cause: error })
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#handle.writeFile(bytes)
  }

  /** Gives it its name. */
  async keep(): Promise<void> {
    await this.#handle.close()
    await NewFile.check(this.#path, this.#force)
    await rename(this.#part, this.#path)
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    await rm(this.#part, { force: true })
  }
}
