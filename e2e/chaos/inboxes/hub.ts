import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MonofilProcess, startMonofil } from '../../monofil-process.ts'
import { moment } from '../rig.ts'
import type { Member } from './member.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** `monofil start` with a secret, which is killed and started anew on its data and port, and asked until it answers. */
export class KilledHub {
  readonly folder: string
  readonly secret: string
  kills = 0
  /** The most memory that one of its lives took, in bytes. */
  memory = 0
  #process: MonofilProcess
  #logs: string[] = []
  #starting: Promise<void> | undefined

  private constructor(folder: string, secret: string, process: MonofilProcess) {
    this.folder = folder
    this.secret = secret
    this.#process = process
  }

  static async open(secret: string): Promise<KilledHub> {
    const folder = await mkdtemp(join(tmpdir(), 'monofil-chaos-inboxes-'))
    return new KilledHub(folder, secret, await start(folder, '0', secret))
  }

  get url(): string {
    return this.#process.url
  }

  get database(): string {
    return join(this.folder, 'monofil.db')
  }

  get output(): string {
    return [...this.#logs, this.#process.output()].join('\n')
  }

  /** `kill -9`, and a new one; several calls at once are one. */
  kill(): Promise<void> {
    this.#starting ??= this.#restart().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  async close(): Promise<void> {
    this.noteMemory()
    await this.#process.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  /**
   * Asks, and asks the same again while nobody answers: the hub may have done it already.
   * @throws Error for an answer that is not expected.
   */
  async ask(
    member: Member,
    [method, path]: readonly [method: string, path: string],
    { body, expected = [200, 201, 204] }: { readonly body?: unknown; readonly expected?: readonly number[] } = {},
  ): Promise<Answer> {
    const headers = { authorization: `Bearer ${member.token}`, 'content-type': 'application/json' }
    for (;;) {
      const answer = await this.#once(path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (answer !== undefined && expected.includes(answer.status)) return answer
      if (answer !== undefined && answer.status < 500) {
        const what = `${method} ${path} of ${member.sub}: ${answer.status} ${JSON.stringify(answer.body)}`
        throw new Error(`${what} to ${JSON.stringify(body)}`)
      }
      await moment(50)
    }
  }

  noteMemory(): void {
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.#process.pid}/status`, 'utf8'))?.[1]
    this.memory = Math.max(this.memory, Number(peak ?? 0) * 1024)
  }

  async #once(path: string, init: RequestInit): Promise<Answer | undefined> {
    try {
      const response = await fetch(this.url + path, init)
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    } catch {
      // Killed before, during or after it was done.
      return undefined
    }
  }

  async #restart(): Promise<void> {
    this.noteMemory()
    this.kills += 1
    const before = this.#process
    await before.kill()
    this.#logs.push(before.output())
    this.#process = await start(this.folder, new URL(before.url).port, this.secret)
  }
}

/** All from one address, and many at once: that is what limits are for, and not what is asked here. */
function start(data: string, port: string, secret: string): Promise<MonofilProcess> {
  const unlimited = ['STREAMS_ADDRESS', 'REQUESTS', 'PUBLISH', 'FAILURES'].map((name) => [`MONOFIL_LIMIT_${name}`, '0'])
  // What goes by count goes by order of arrival, which of many at once nobody knows: here all that came stays.
  const env = { MONOFIL_SECRET: secret, MONOFIL_INBOX_MAX_COUNT: '100000', ...Object.fromEntries(unlimited) }
  return startMonofil(['--data', data, '--port', port], { env })
}
