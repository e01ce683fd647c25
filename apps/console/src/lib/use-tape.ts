import type { Item, Run } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useEffect, useRef, useState } from 'react'
import { RunTape } from './run-tape.ts'

/** The tape of a run while it is read and after. */
export interface TapeReading {
  /** Null until all of it is here. */
  readonly tape: RunTape | null
  /** 0 to 1: how much of the log has been read. */
  readonly part: number
  readonly error: Error | null
  /** Reads it anew, up to what the log has by now. */
  again(): void
}

const PAGE = 200

/** Reads the log of a run page by page, once it is wanted; what is written later is not on this tape. */
export function useTape(run: Run, items: Iterable<Item>, isWanted: boolean): TapeReading {
  const { client } = useMonofil()
  const [turn, setTurn] = useState(0)
  const [reading, show] = useState<Omit<TapeReading, 'again'>>({ tape: null, part: 0, error: null })
  // As they are when the reading begins.
  const now = useRef({ run, items })
  now.current = { run, items }
  const { id } = run
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is the wish to read again
  useEffect(() => {
    if (!isWanted) return
    const stop = new AbortController()
    const read = async () => {
      let tape: RunTape | null = null
      let after: string | null = '0'
      while (after !== null) {
        const page = await client.api.topicEvents(`run:${id}`, { after, limit: PAGE })
        if (stop.signal.aborted) return
        // A cursor of another epoch: the log is another one, and so is the run.
        if (page.gap?.reason === 'epoch') tape = null
        tape ??= new RunTape(now.current.run, Math.max(0, page.oldestOffset - 1), now.current.items)
        tape.add(page.items)
        after = page.nextCursor
        const part = page.latestOffset === 0 ? 1 : (tape.offsets.at(-1) ?? 0) / page.latestOffset
        show({ tape: null, part: Math.min(1, part), error: null })
      }
      show({ tape, part: 1, error: null })
    }
    show({ tape: null, part: 0, error: null })
    read().catch((error: Error) => {
      if (!stop.signal.aborted) show({ tape: null, part: 0, error })
    })
    return () => stop.abort()
  }, [client, id, isWanted, turn])
  return { ...reading, again: () => setTurn((old) => old + 1) }
}
