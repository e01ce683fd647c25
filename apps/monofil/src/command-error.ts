/**
 * A command that cannot do what was asked, in words for the person who typed it: what is wrong and what to do.
 * `exitCode` is 1 where the command failed and 2 where it was used wrongly.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: 1 | 2

  constructor(message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.exitCode = options.exitCode ?? 1
  }
}
