/** Failures of one run with the same step, code and, but for what varies, message. */
export interface FailureGroup {
  /** The message itself where all have the same, else with placeholders for what varies. */
  readonly message: string
  readonly code: string
  readonly step: string
  readonly count: number
  /** Ids of the first 1,000 of its items. */
  readonly items: readonly string[]
}

/** Names a group of failures by what `FailureGroup` says of it. */
export type FailureRef = Pick<FailureGroup, 'step' | 'code' | 'message'>

/** An item that failed, as grouping needs it. */
export interface FailedItem {
  readonly step: string
  readonly item: string
  readonly code: string
  readonly message: string
}

/** Groups beyond this many share one per step and code: every message different is no grouping, and must stay small. */
export const MAX_FAILURE_GROUPS = 500
/** The message of such a shared group. */
export const OTHER_FAILURES = '<other messages>'

const MAX_ITEMS = 1000
const MAX_MESSAGE = 2000

/** `300ms` is a number with its unit, `4f00` an id. */
const UNIT = '(?:[kmgtp]?i?b|[mµn]?s|min|h|d|px|x|st|nd|rd|th)'

/**
 * What varies, and what stands for it, in this order: quotes before what is in them, addresses before their numbers. Each
 * is bounded or begins at a word's edge, so that no message takes long.
 */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/giu, '<id>'],
  [/"[^"\n]*"|“[^”\n]*”|«[^»\n]*»|`[^`\n]*`|(?<![\p{L}\p{N}])'[^'\n]*'(?![\p{L}\p{N}])/gu, '<text>'],
  [/\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'<>]{0,2000}[^\s"'<>,;.)\]]/giu, '<url>'],
  [/(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu, '<email>'],
  [
    /(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\p{L}\p{N}])/gu,
    '<time>',
  ],
  [/(?<![\p{L}\p{N}<])(?:[A-Za-z]:)?(?:\.{0,2}[\\/])[^\s:,;)\]>"'`]+/gu, '<path>'],
  [/(?<![\p{L}\p{N}_<])[\p{L}\p{N}_-]{1,200}\.[\p{L}]{2,5}(?![\p{L}\p{N}_.])/gu, '<path>'],
  [/(?<![\p{L}\p{N}:])(?:[0-9a-f]{0,4}:){2,8}[0-9a-f]{0,5}(?![\p{L}\p{N}:])/giu, '<id>'],
  [/(?<![\p{L}\p{N}_])[-+]?\d+(?:[.,]\d+)*e[-+]?\d+(?![\p{L}\p{N}_-])/giu, '<n>'],
  [
    new RegExp(
      `(?<![\\p{L}\\p{N}_<-])(?=[\\p{L}_-]{0,200}\\p{N})(?=[\\p{N}_-]{0,200}\\p{L})(?![-+]?\\d+${UNIT}(?![\\p{L}\\p{N}_-]))[\\p{L}\\p{N}_-]+`,
      'giu',
    ),
    '<id>',
  ],
  [/[-+]?\d+(?:[.,]\d+)*/gu, '<n>'],
]

/**
 * The message with what varies replaced: quoted parts, urls, paths and file names, ids, numbers. Two failures with the
 * same cause get the same text. Only the first 2,000 characters count.
 */
export function normaliseMessage(message: string): string {
  return RULES.reduce((text, [pattern, word]) => text.replace(pattern, word), message.slice(0, MAX_MESSAGE)).trim()
}

interface Growing {
  message: string
  readonly code: string
  readonly step: string
  count: number
  readonly items: string[]
}

/** Gathers failures by step, code and normalised message; what it holds is bounded, whatever it is given. */
export class FailureGroups {
  readonly #groups = new Map<string, Growing>()
  readonly #maxItems: number

  /** `maxItems`: how many ids a group keeps (1,000). */
  constructor(maxItems: number = MAX_ITEMS) {
    this.#maxItems = maxItems
  }

  /** Takes one failed item; the same items in the same order make the same groups. */
  add(failed: FailedItem): void {
    const [key, normal] = this.#place(failed)
    const { step, code, message, item } = failed
    const group = this.#groups.get(key)
    if (group === undefined) {
      const shown = normal === OTHER_FAILURES ? normal : message.slice(0, MAX_MESSAGE)
      this.#groups.set(key, { message: shown, code, step, count: 1, items: [item] })
      return
    }
    group.count += 1
    if (group.message !== message) group.message = normal
    if (group.items.length < this.#maxItems) group.items.push(item)
  }

  /** The largest first. */
  list(): readonly FailureGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count)
  }

  /** The ids kept of the group that a reference names; undefined when there is none. */
  itemsOf({ step, code, message }: FailureRef): readonly string[] | undefined {
    const group =
      this.#groups.get(keyOf(step, code, message)) ?? this.#groups.get(keyOf(step, code, normaliseMessage(message)))
    return group?.items
  }

  #place({ step, code, message }: FailedItem): readonly [key: string, normal: string] {
    const normal = normaliseMessage(message)
    const key = keyOf(step, code, normal)
    if (this.#groups.has(key) || this.#groups.size < MAX_FAILURE_GROUPS) return [key, normal]
    return [keyOf(step, code, OTHER_FAILURES), OTHER_FAILURES]
  }
}

/** Groups failures, the largest group first. */
export function groupFailures(failures: Iterable<FailedItem>): readonly FailureGroup[] {
  const groups = new FailureGroups()
  for (const failed of failures) groups.add(failed)
  return groups.list()
}

function keyOf(step: string, code: string, normal: string): string {
  return JSON.stringify([step, code, normal])
}
