import type { Item, Run, RunState } from '@monofil/protocol'
import { expect } from 'vitest'
import { type RunEvent, Timeline } from './agreement-timeline.ts'
import { Words } from './agreement-words.ts'

interface Pending {
  readonly runId: string
  /** The log must be known up to here before it can be judged. */
  readonly offset: number
  readonly word?: Run | RunState
  readonly check: (timeline: Timeline) => void
}

/** What one connection told of a topic, in its order: within a round progress never falls. */
export class Eyes {
  readonly #seen = new Map<string, { readonly round: number; readonly progress: number }>()

  look({ id, round, progress }: RunState): void {
    const before = this.#seen.get(id)
    if (before?.round === round) expect(progress, `progress of ${id}`).toBeGreaterThanOrEqual(before.progress)
    this.#seen.set(id, { round, progress })
  }
}

/** Holds every view that anybody got against the log and against the commits, as soon as both are known that far. */
export class Judge {
  readonly words = new Words()
  readonly #timelines = new Map<string, Timeline>()
  #pending: Pending[] = []
  /** Answers of REST that were compared. */
  compared = 0
  /** Words and events of streams that were. */
  streamed = 0

  timeline(id: string): Timeline {
    const known = this.#timelines.get(id)
    if (known !== undefined) return known
    const made = new Timeline()
    this.#timelines.set(id, made)
    return made
  }

  /** An event as the reader got it that reads everything from the first on. */
  logged(id: string, event: RunEvent): void {
    this.timeline(id).take(event)
    this.streamed += 1
  }

  /** An event as another reader got it. */
  event(id: string, event: RunEvent): void {
    this.#add({ runId: id, offset: event.offset, check: (timeline) => timeline.take(event) })
    this.streamed += 1
  }

  /** A view of a run: REST's, a snapshot's, a state. */
  view(run: Run | RunState): void {
    this.#add({ runId: run.id, offset: run.offset, word: run, check: (timeline) => timeline.compareRun(run) })
  }

  items(items: readonly Item[]): void {
    for (const item of items) {
      this.#add({ runId: item.runId, offset: item.offset, check: (timeline) => timeline.compareItem(item) })
    }
  }

  /** Judges what can be judged by now; answers how much cannot. */
  settle(): number {
    this.#pending = this.#pending.filter((one) => {
      if (!this.#isKnown(one)) return true
      one.check(this.timeline(one.runId))
      return false
    })
    return this.#pending.length
  }

  /** What was said that no log and no commit has. */
  unfounded(): readonly unknown[] {
    return this.#pending.map(({ runId, offset, word }) => ({
      ...{ runId, offset, head: this.timeline(runId).head, word },
      commits: word === undefined ? [] : this.words.at(word),
    }))
  }

  #isKnown({ runId, offset, word }: Pending): boolean {
    return this.timeline(runId).head >= offset && (word === undefined || this.words.has(word))
  }

  #add(one: Pending): void {
    if (this.#isKnown(one)) one.check(this.timeline(one.runId))
    else this.#pending.push(one)
  }
}
