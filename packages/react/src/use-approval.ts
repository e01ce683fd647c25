import { type Item, isTerminal, type MonofilError, type Step } from '@monofil/protocol'
import { useMemo } from 'react'
import { useAsked } from './asked.ts'
import type { WorkflowName } from './register.ts'
import { useRun } from './use-run.ts'

/** An item that waits for an answer from outside. */
export interface Awaiting {
  readonly item: Item
  readonly kind: 'approval' | 'signal'
  /** ISO times; null where not known. After `until` the item fails with `timeout`. */
  readonly since: string | null
  readonly until: string | null
}

export interface UseApprovalOptions {
  /** Only what this step waits for. */
  readonly step?: string | undefined
  /** Only this item. */
  readonly item?: string | undefined
}

/** Why, and what else the workflow is to know. */
export interface AnswerDetails {
  readonly note?: string | undefined
  readonly data?: unknown
}

/** What waits for an answer, and how to give one. An answer resolves with the item as it then is; null: see `error`. */
export interface Approval {
  /** All that wait, in order. Each leaves as soon as it is answered, by whoever. */
  readonly waiting: readonly Awaiting[]
  /** The first of them, which is answered where no other is named. */
  readonly next: Awaiting | null
  /** Whether an answer of this page is under way; another one waits for it. */
  readonly isPending: boolean
  /** Why the last answer was refused (`invalid_state`: answered otherwise already), until the next or `dismiss()`. */
  readonly error: MonofilError | null
  readonly approve: (details?: AnswerDetails, awaiting?: Awaiting | null) => Promise<Item | null>
  readonly reject: (details?: AnswerDetails, awaiting?: Awaiting | null) => Promise<Item | null>
  /** Answers a signal. */
  readonly send: (data?: unknown, awaiting?: Awaiting | null) => Promise<Item | null>
  readonly dismiss: () => void
}

/** What of a run waits for an approval or a signal, live. */
export function useApproval(runId: string | null | undefined, options: UseApprovalOptions = {}): Approval {
  const { step, item } = options
  const { run, items } = useRun<WorkflowName>(runId)
  const { page, asked } = useAsked(`signals:${runId ?? ''}`)
  const answer = asked.answer as Item | null
  const waiting = useMemo(() => {
    const steps = (run?.steps ?? []).filter(({ name, signal, status }) => {
      return signal !== null && signal !== undefined && !isTerminal(status) && (step === undefined || name === step)
    })
    if (steps.length === 0) return []
    return items.list
      .filter((one) => (item === undefined || one.id === item) && !isAnswered(one, answer))
      .flatMap((one) => awaitingOf(one, steps) ?? [])
  }, [run, items, answer, step, item])
  const next = waiting[0] ?? null
  const deeds = useMemo(() => {
    const say = (verb: string, awaiting: Awaiting | null, details: AnswerDetails & { approve?: boolean }) => {
      if (!runId || awaiting === null) return Promise.resolve(null)
      const { item: one } = awaiting
      const { approve, note, data } = details
      const given = {
        ...(approve === undefined ? {} : { approve }),
        ...(note === undefined || note === '' ? {} : { note }),
        ...(data === undefined ? {} : { data }),
      }
      return page.ask(`${verb} ${one.step}/${one.id}`, () =>
        page.client.api.runs.signal(runId, { step: one.step, item: one.id, ...given }),
      )
    }
    return {
      approve: (details: AnswerDetails = {}, awaiting = next) =>
        say('approve', awaiting, { ...picked(details), approve: true }),
      reject: (details: AnswerDetails = {}, awaiting = next) =>
        say('reject', awaiting, { ...picked(details), approve: false }),
      send: (data?: unknown, awaiting = next) => say('send', awaiting, { data }),
      dismiss: page.dismiss,
    }
  }, [page, runId, next])
  return useMemo(
    () => ({ ...deeds, waiting, next, isPending: asked.pending !== null, error: asked.error }),
    [deeds, waiting, next, asked],
  )
}

/** As `onClick={approve}` it is handed an event, which is no answer. */
function picked(details: AnswerDetails & { readonly nativeEvent?: unknown }): AnswerDetails {
  return details.nativeEvent === undefined ? { note: details.note, data: details.data } : {}
}

/** Whether the hub has answered that this one is answered; the stream says so a moment later. */
function isAnswered(item: Item, answer: Item | null): boolean {
  return (
    answer?.id === item.id && answer.step === item.step && answer.runId === item.runId && answer.offset > item.offset
  )
}

function awaitingOf(item: Item, steps: readonly Step[]): Awaiting | undefined {
  const { waiting } = item
  if (waiting === null || (waiting.reason !== 'approval' && waiting.reason !== 'signal')) return undefined
  const step = steps.find(({ name }) => name === item.step)
  if (step === undefined) return undefined
  return { item, kind: waiting.reason, since: item.startedAt ?? step.startedAt, until: waiting.until }
}
