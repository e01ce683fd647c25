import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Envelope, Item, Run } from '@monofil/protocol'
import { curlPath, pythonPath } from '@monofil/testkit/tools'

const FOLDER = join(import.meta.dirname, '..')

/** A reporter under way, in a process of its own. */
export interface Reporter {
  readonly child: ChildProcess
  /** Exit code, null after a signal. */
  readonly ended: Promise<number | null>
  readonly output: () => string
  /** `kill -9`. */
  kill(): Promise<void>
}

/** What it is started with. */
export interface ReporterOptions {
  readonly url: string
  readonly run: string
  readonly folder: string
  /** Names of the files in the folder, for the script, which takes files. */
  readonly names: readonly string[]
  /** Seconds to rest at each file. */
  readonly slow?: number | undefined
  /** For the Python program only. */
  readonly more?: readonly string[] | undefined
}

/** The Python program: `wordcount.py`. */
export function startPython({ url, run, folder, slow = 0, more = [] }: ReporterOptions): Reporter {
  const program = pythonPath()
  if (program === undefined) throw new Error('no Python 3 found: run `node scripts/prerequisites.ts`')
  const args = [join(FOLDER, 'wordcount.py'), folder, '--url', url, '--run', run, '--slow', String(slow), ...more]
  return started(spawn(program, args, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', NO_PROXY: '*' } }))
}

/** The script over curl: `linecount.sh`. */
export function startShell({ url, run, folder, names, slow }: ReporterOptions): Reporter {
  const curl = curlPath()
  if (curl === undefined) throw new Error('no curl found: run `node scripts/prerequisites.ts`')
  const rest = slow === undefined ? {} : { SLOW: String(slow) }
  const env = { ...process.env, CURL: curl, NO_PROXY: '*', MONOFIL_URL: url, ...rest }
  return started(spawn('sh', [join(FOLDER, 'linecount.sh'), '-r', run, ...names], { cwd: folder, env }))
}

function started(child: ChildProcess): Reporter {
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text))
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  return {
    child,
    ended,
    output: () => said.join(''),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Files that are really there, with what counting them must find. */
export interface Folder {
  readonly path: string
  readonly names: readonly string[]
  /** By name: bytes, lines, words and checksum of what can be read. */
  readonly truth: ReadonlyMap<string, Facts>
  readonly words: number
  remove(): Promise<void>
}

export interface Facts {
  readonly bytes: number
  readonly lines: number
  readonly words: number
  readonly sha256: string
}

/** Writes `count` text files with odd names among them; `broken` adds a link to nowhere, which no attempt can read. */
export async function makeFolder(count: number, { broken = false } = {}): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'monofil-reporters-'))
  await mkdir(join(path, 'deep'))
  const odd = ['with space.txt', 'qu"ote\\back.txt', 'été Ж.txt', '-dash.txt']
  const names = Array.from({ length: count }, (_, i) => odd[i] ?? `${i % 3 === 0 ? 'deep/' : ''}n${i}.txt`)
  const truth = new Map<string, Facts>()
  for (const [i, name] of names.entries()) {
    const text = `${Array.from({ length: (i % 7) + 1 }, (_, n) => `mot${n} Ж${i}`).join('\n')}\n`
    await writeFile(join(path, name), text)
    truth.set(name, {
      bytes: Buffer.byteLength(text),
      lines: text.split('\n').length - 1,
      words: text.trim().split(/\s+/).length,
      sha256: createHash('sha256').update(text).digest('hex'),
    })
  }
  if (broken) await symlink('nowhere', join(path, 'broken.txt'))
  return {
    path,
    names: broken ? [...names, 'broken.txt'] : names,
    truth,
    words: [...truth.values()].reduce((sum, { words }) => sum + words, 0),
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

/** Reads a hub over HTTP, as anybody would. */
export class Reading {
  readonly #url: string
  readonly #run: string

  constructor(url: string, run: string) {
    this.#url = url
    this.#run = run
  }

  run = (): Promise<Run> => this.#get<Run>(`/v1/runs/${this.#run}`)

  items = (): Promise<readonly Item[]> => this.#all<Item>(`/v1/runs/${this.#run}/items?limit=200`)

  logs = (): Promise<readonly { readonly message: string }[]> => this.#all(`/v1/runs/${this.#run}/logs?limit=200`)

  /** The whole log of the run. */
  async events(): Promise<readonly Envelope[]> {
    const events: Envelope[] = []
    let after: string | null = ''
    while (after !== null) {
      const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`
      const page: Page<Envelope> = await this.#get(`/v1/topics/run:${this.#run}/events?limit=200${query}`)
      events.push(...page.items)
      after = page.nextCursor
    }
    return events
  }

  /** How often each item was said to have become completed. */
  async completions(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>()
    for (const { type, data } of await this.events()) {
      if (type !== 'item') continue
      for (const { id, status } of data as Item[]) {
        if (status === 'completed') counts.set(id, (counts.get(id) ?? 0) + 1)
      }
    }
    return counts
  }

  async control(action: string): Promise<number> {
    return (await fetch(`${this.#url}/v1/runs/${this.#run}/${action}`, { method: 'POST' })).status
  }

  async #all<T>(path: string): Promise<readonly T[]> {
    const items: T[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page<T> = await this.#get(cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`)
      items.push(...page.items)
      cursor = page.nextCursor
    }
    return items
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(this.#url + path)
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
}

interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
}
