import { isReservedTopic, matchesPattern, type StepSignal, topicOfKpi, topicOfRun } from '@monofil/protocol'
import type { Principal, Viewer } from '../seams/auth.ts'
import type { UsageViewer } from '../seams/usage-store.ts'

/** The role that has every right and deed, except other people's inboxes. */
export const OPERATOR_ROLE = 'admin'

/** What of a run decides who may see it. */
export interface RunFacts {
  readonly id: string
  readonly owner: string
  readonly roles: readonly string[]
  /** Whether its workflow lets the run's roles control it; false when left out. */
  readonly controlledByRoles?: boolean | undefined
}

/** Every deed the hub asks about, with what it is done to. */
export interface Deeds {
  /** Reading an application topic. */
  'topic.read': string
  /** Publishing to an application topic; topics with a meaning are never published to. */
  'topic.publish': string
  'run.read': RunFacts
  'run.control': RunFacts
  'run.report': RunFacts
  /** Answering a step that waits for it. */
  'run.answer': { readonly run: RunFacts; readonly signal: StepSignal }
  /** Starting a workflow, by its name. */
  'workflow.start': string
  /** Putting a role on a run: one gives only what one has. */
  'role.give': string
  /** Reading and changing a schedule. */
  'schedule.control': { readonly owner: string }
  /** Seeing what runs of this workflow and owner used. */
  'usage.read': { readonly workflow: string; readonly owner: string }
  /** Reading and setting a KPI, by its name. */
  'kpi.read': string
  'kpi.set': string
  /** Sending a notification to a user, to a role, to everybody. */
  'notify.user': string
  'notify.role': string
  'notify.all': null
  /** Changing a notification, taking it back, and reading what became of it. */
  'notice.control': { readonly sender: string }
  /** Looking at connections and ending them. */
  'hub.operate': null
}
export type Deed = keyof Deeds

type Rule<D extends Deed> = (principal: Principal, resource: Deeds[D]) => boolean

const grants = (patterns: readonly string[], name: string) => patterns.some((pattern) => matchesPattern(pattern, name))
const holdsOneOf = (principal: Principal, roles: readonly string[]) =>
  roles.some((role) => principal.roles.includes(role))

// A name is compared as the grammar of patterns can write it (`auth0%7C5f7`), and as it is.
const grantsName = (patterns: readonly string[], kind: 'user' | 'role', name: string) =>
  grants(patterns, `${kind}:${name}`) || grants(patterns, `${kind}:${encodeURIComponent(name)}`)

const RULES: { readonly [D in Deed]: Rule<D> } = {
  'topic.read': (principal, topic) => grants(principal.topics, topic),
  'topic.publish': (principal, topic) => grants(principal.publish, topic),
  'run.read': (principal, run) =>
    run.owner === principal.sub || holdsOneOf(principal, run.roles) || grants(principal.topics, topicOfRun(run.id)),
  'run.control': (principal, run) =>
    run.owner === principal.sub || (run.controlledByRoles === true && holdsOneOf(principal, run.roles)),
  'run.report': (principal, run) => run.owner === principal.sub || grants(principal.publish, topicOfRun(run.id)),
  'run.answer': (principal, { run, signal }) => {
    if (holdsOneOf(principal, signal.roles)) return true
    // An approval by named roles is not the owner's own to give.
    if (signal.kind === 'approval') return signal.roles.length === 0 && run.owner === principal.sub
    return RULES['run.report'](principal, run)
  },
  'workflow.start': (principal, workflow) => grants(principal.publish, `workflow:${workflow}`),
  'role.give': (principal, role) => principal.roles.includes(role),
  'schedule.control': (principal, schedule) => schedule.owner === principal.sub,
  'usage.read': (principal, { workflow, owner }) =>
    owner === principal.sub || grants(principal.topics, `workflow:${workflow}`),
  'kpi.read': (principal, name) => grants(principal.topics, topicOfKpi(name)),
  'kpi.set': (principal, name) => grants(principal.publish, topicOfKpi(name)),
  'notify.user': (principal, sub) => grantsName(principal.publish, 'user', sub),
  'notify.role': (principal, role) => grantsName(principal.publish, 'role', role),
  'notify.all': (principal) => principal.publish.includes('user:*'),
  // What the hub itself sent is nobody's, whatever they are called.
  'notice.control': (principal, notice) => notice.sender === principal.sub && notice.sender !== 'monofil',
  'hub.operate': () => false,
}

/**
 * Whether this user may do this to that. The one place that knows the rights (protocol 1): asked at the edge, at
 * replay and when rights change. Never throws, never asks anyone: all it needs is in its arguments.
 */
export function can<D extends Deed>(principal: Principal, deed: D, resource: Deeds[D]): boolean {
  // Topics with a meaning have rights of their own, which no grant widens: other people's inboxes are nobody's.
  if ((deed === 'topic.publish' || deed === 'topic.read') && isReservedTopic(resource as string)) return false
  return isOperator(principal) || RULES[deed](principal, resource)
}

/** Whether this user has every right and deed. */
export function isOperator(principal: Principal): boolean {
  return principal.isOperator ?? principal.roles.includes(OPERATOR_ROLE)
}

/** Whose usage a list may answer to this user, for the store to filter by: as `usage.read` decides of one. */
export function usageViewerOf(principal: Principal): UsageViewer {
  if (isOperator(principal)) return { all: true }
  const patterns = principal.topics.filter((pattern) => pattern.startsWith('workflow:'))
  return { all: false, sub: principal.sub, patterns }
}

/** What of the runs a list may answer to this user, for the store to filter by. */
export function viewerOf(principal: Principal): Viewer {
  if (isOperator(principal)) return { all: true }
  const patterns = principal.topics.filter((pattern) => pattern.startsWith('run:'))
  return { all: false, sub: principal.sub, roles: principal.roles, patterns }
}
