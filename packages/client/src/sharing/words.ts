import type { ErrorCode, ErrorDetails, PatchAnswer } from '@monofil/protocol'
import type { TopicsDiff } from '../topics.ts'
import type { ConnectionInfo } from '../types.ts'

/** Grows with every change of what tabs say to each other: pages of two deployments have a stream each. */
export const SHARING_VERSION = 1

/** Who holds the stream. The higher term counts, then the higher tab, so that two cannot both be believed. */
export interface Lead {
  readonly term: number
  readonly tab: string
  /** The stream's name at the hub. It passes on with the lead, so that the hub ends a stream whose tab sleeps. */
  readonly marker: string
  readonly visible: boolean
  /** Taken by force. */
  readonly stolen: boolean
}

/** What a tab says to all tabs of its user. */
export type GroupWord =
  | { readonly kind: 'who'; readonly tab: string }
  | { readonly kind: 'lead'; readonly lead: Lead }
  | { readonly kind: 'logout' }

/** What a follower says to its leader. */
export type UpWord =
  | ({ readonly kind: 'want' } & TopicsDiff)
  /** I am there, and have read all that came. */
  | { readonly kind: 'here' }
  /** `renew`: this tab has another credential; the stream's own may have been refused. */
  | { readonly kind: 'attach' | 'force' | 'restart' | 'renew' | 'yield' | 'detach' }
  | { readonly kind: 'token'; readonly id: number; readonly token: string | undefined }

/** What a leader says to one follower, in order: the hub's frames by their event's name, and its own. */
export type DownWord =
  | readonly [event: 'message' | 'snapshot' | 'state' | 'gap' | 'dropped', frame: { readonly topic: string }]
  | readonly [event: 'answer', answer: Pick<PatchAnswer, 'topics' | 'denied'>]
  | readonly [event: 'info', info: SentInfo]
  /** Asks for a credential. */
  | readonly [event: 'ask', question: { readonly id: number; readonly renew: boolean }]
  /** `beat`: answer `here`. `yours`: take the lead. `gone`: you were given up; attach again. */
  | readonly [event: 'beat' | 'yours' | 'gone', nothing: null]

/** A connection's state as it crosses to another tab, where an error's class would be lost. */
export type SentInfo = Omit<ConnectionInfo, 'lastError'> & {
  readonly lastError: { readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails } | null
}

/** A word to one tab, from another. `term` is the leader's, on both ways. */
export interface Letter<W> {
  readonly term: number
  readonly from: string
  readonly word: W
}
