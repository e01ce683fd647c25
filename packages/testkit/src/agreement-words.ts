import { type Run, runOfTopic } from '@monofil/protocol'
import type { Commit } from '@monofil/server'

type Word = Omit<Run, 'input' | 'result'>

/**
 * Every state that a commit left a run in, by offset. Much of a run changes without an event of its log, so that an
 * offset may have several; a view must be one of them, whole.
 */
export class Words {
  readonly #texts = new Map<string, Set<string>>()
  readonly #newest = new Map<string, Run>()

  take(commit: Commit): void {
    const changed = new Map(commit.runs.map((run) => [run.id, run]))
    for (const { topic, offset } of commit.events) {
      const id = runOfTopic(topic)
      const known = id === undefined ? undefined : this.#newest.get(id)
      // A line of the log alone: the run is as it was, one place further.
      if (known !== undefined && !changed.has(known.id)) this.#add({ ...known, offset })
    }
    for (const run of commit.runs) this.#add(run)
  }

  newest(id: string): Run {
    const run = this.#newest.get(id)
    if (run === undefined) throw new Error(`no commit had run ${id}`)
    return run
  }

  /** Whether some commit left the run exactly so. */
  has(run: Word): boolean {
    return this.#texts.get(`${run.id} ${run.offset}`)?.has(textOf(run)) === true
  }

  /** For who looks why one was not found. */
  at(run: Pick<Run, 'id' | 'offset'>): readonly unknown[] {
    return [...(this.#texts.get(`${run.id} ${run.offset}`) ?? [])].map((text) => JSON.parse(text) as unknown)
  }

  #add(run: Run): void {
    this.#newest.set(run.id, run)
    const key = `${run.id} ${run.offset}`
    const texts = this.#texts.get(key) ?? new Set()
    this.#texts.set(key, texts.add(textOf(run)))
  }
}

/** What a state says of a run: all but what can be big. */
export function wordOf(run: Word & Partial<Pick<Run, 'input' | 'result'>>): Word {
  const { input: _input, result: _result, ...word } = run
  return word
}

function textOf(run: Word): string {
  return JSON.stringify(wordOf(run))
}
