import {
  BUNDLE_FORMAT,
  BUNDLE_LISTS,
  BUNDLE_VERSION,
  type BundleEnd,
  type BundleHead,
  type BundleList,
  type RunBundle,
} from '@monofil/protocol'
import { BundleError } from './bundle-error.ts'
import { linesOf } from './lines.ts'

/** How a bundle is read. */
export interface OpenBundleOptions {
  /** Bytes of text it may have, unpacked; 1 GiB. A small file can be packed from a very large one. */
  readonly maxBytes?: number | undefined
  /** Stops the reading; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Told the bytes of the file that were read so far, packed as they are. */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

const DEFAULT_MAX_BYTES = 1024 ** 3

/**
 * Reads a run bundle from a file that was chosen or a download, packed or not.
 * @throws BundleError with its `reason`: no bundle, of a newer version, cut, too large.
 */
export async function openBundle(
  file: Blob | ReadableStream<Uint8Array>,
  options: OpenBundleOptions = {},
): Promise<RunBundle> {
  const { maxBytes = DEFAULT_MAX_BYTES, signal, onBytes } = options
  const stream = file instanceof Blob ? file.stream() : file
  const building = new Building()
  for await (const line of linesOf(stream, { maxBytes, signal, onBytes })) building.add(line)
  return building.end()
}

/** A bundle while its lines come. */
class Building {
  #head: BundleHead | undefined
  #end: BundleEnd | undefined
  #lists: Record<BundleList, unknown[]> = { items: [], log: [], logs: [], failures: [], notes: [] }
  /** The list whose lines come now; null for one this reader does not know. */
  #list: unknown[] | null | undefined

  add(line: string): void {
    if (this.#head === undefined) this.#head = headOf(line)
    else if (this.#list === undefined) this.#outside(line)
    else if (line.startsWith(']')) this.#list = undefined
    else this.#list?.push(parse(line.startsWith(',') ? line.slice(1) : line))
  }

  end(): RunBundle {
    if (this.#head === undefined) throw noBundle()
    const lengths = this.#end
    if (lengths === undefined) throw cut('its end is missing')
    for (const name of BUNDLE_LISTS) {
      const count = this.#lists[name].length
      if (count !== lengths[name]) throw cut(`it has ${count} of ${lengths[name]} ${name}`)
    }
    return { ...this.#head, ...(this.#lists as unknown as Omit<RunBundle, keyof BundleHead>) }
  }

  #outside(line: string): void {
    if (line.trim() === '') return
    const name = /^"([a-z]+)":/i.exec(line)?.[1]
    if (line.endsWith(':['))
      this.#list = BUNDLE_LISTS.includes(name as BundleList) ? this.#lists[name as BundleList] : null
    else if (name === 'end') this.#end = (parse(`{${line}`) as { end: BundleEnd }).end
  }
}

/** The first line is an object that goes on: `{"format":…,"run":{…},`. */
function headOf(line: string): BundleHead {
  let head: Partial<BundleHead> | undefined
  try {
    head = JSON.parse(`${line.trim().replace(/,$/, '')}}`) as Partial<BundleHead>
  } catch {
    // A bundle's own first line, cut somewhere, is told from a file of another kind.
    if (line.startsWith(`{"format":"${BUNDLE_FORMAT}"`)) throw cut('its first line is not whole')
  }
  if (head?.format !== BUNDLE_FORMAT || typeof head.version !== 'number') throw noBundle()
  if (head.version > BUNDLE_VERSION) {
    const versions = `version ${head.version}, this program reads up to ${BUNDLE_VERSION}`
    throw new BundleError('newer_version', `the bundle is of ${versions}: open it with a newer Monofil`)
  }
  if (typeof head.run?.id !== 'string') throw noBundle()
  return head as BundleHead
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw cut('a line of it is not whole', cause)
  }
}

function noBundle(): BundleError {
  return new BundleError('not_a_bundle', 'this is no run bundle: its name ends in .monofil-run.json.gz')
}

function cut(what: string, cause?: unknown): BundleError {
  return new BundleError('cut', `the bundle was cut, ${what}: download it again`, cause)
}
