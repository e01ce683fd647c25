/**
 * The grammar of names on the wire (protocol 1). Guards only: they answer yes or no and never throw.
 */

const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/
const TOPIC = /^[A-Za-z0-9][A-Za-z0-9._:/@~+=,-]{0,255}$/
const PRINTABLE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u

/** Words that are routes below a collection, so no id may be one of them. */
const ROUTE_WORDS: ReadonlySet<string> = new Set(['latest', 'counts', 'read-all', 'status'])

/** An id: 1 to 128 of `A-Z a-z 0-9 . _ : -`, first a letter or digit, no route word. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value) && !ROUTE_WORDS.has(value)
}

/** A topic: 1 to 256 of `A-Z a-z 0-9 . _ : / @ ~ + = , -`, first a letter or digit, no segment `.` or `..`. */
export function isTopic(value: unknown): value is string {
  if (typeof value !== 'string' || !TOPIC.test(value)) return false
  return !value.includes('.') || value.split('/').every((segment) => segment !== '.' && segment !== '..')
}

/** A label (event type, tag, role, marker): 1 to 128 printable characters; no control, no line or paragraph separator. */
export function isLabel(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 128 && PRINTABLE.test(value)
}

/** A user's `sub`: 1 to 255 printable characters. */
export function isSub(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255 && PRINTABLE.test(value)
}

const RESERVED_NAMES: ReadonlySet<string> = new Set(['runs', 'status', 'inbox'])
const RESERVED_PREFIXES = ['run:', 'kpi:', 'workflow:', 'user:', 'role:', 'monofil:'] as const

/** True for topics that mean something to the hub: they cannot be published to, and `*` does not match them. */
export function isReservedTopic(topic: string): boolean {
  return RESERVED_NAMES.has(topic) || RESERVED_PREFIXES.some((prefix) => topic.startsWith(prefix))
}

/** State topics have no log, no cursor and no gap (protocol 2). */
export function isStateTopic(topic: string): boolean {
  return topic === 'runs' || topic === 'status' || topic.startsWith('kpi:')
}

/** The run a topic `run:{id}` belongs to, or undefined. */
export function runOfTopic(topic: string): string | undefined {
  return topic.startsWith('run:') ? topic.slice(4) : undefined
}

/** The topic of a run's log. */
export function topicOfRun(id: string): string {
  return `run:${id}`
}

/**
 * Whether a pattern (a topic, or a prefix ending in `*`) covers a topic. A pattern without a reserved prefix,
 * `*` included, covers application topics only, so that a broad grant never opens runs or inboxes by accident.
 */
export function matchesPattern(pattern: string, topic: string): boolean {
  if (!pattern.endsWith('*')) return pattern === topic
  const prefix = pattern.slice(0, -1)
  if (!topic.startsWith(prefix)) return false
  return !isReservedTopic(topic) || RESERVED_PREFIXES.some((reserved) => prefix.startsWith(reserved))
}
