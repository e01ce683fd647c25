import { BundleError, openBundle, type RunBundle } from '@monofil/client/bundle'
import type { Run } from '@monofil/protocol'
import { useEffect, useRef, useState } from 'react'
import { useTexts } from './context.ts'
import { RunTape } from './run-tape.ts'

/** A run as a file has it. */
export interface OpenedBundle {
  readonly name: string
  /** When this page opened it, ms since 1970: no two are the same. */
  readonly at: number
  readonly run: Run
  readonly tape: RunTape
  readonly bundle: Pick<RunBundle, 'at' | 'hub' | 'notes'>
}

interface State {
  readonly opened: OpenedBundle | null
  /** 0 to 1 while a file is read; null while none is. */
  readonly part: number | null
  readonly problem: Error | null
}

/** So many events are laid out in one go; then the page may draw. */
const PIECE = 200

/** Opens a bundle file; the one before stays until the next is whole, and where it cannot be opened. */
export function useBundle(): State & { open(file: File): void } {
  const { t } = useTexts()
  const [state, change] = useState<State>({ opened: null, part: null, problem: null })
  const reading = useRef<AbortController | null>(null)
  useEffect(() => () => reading.current?.abort(), [])
  const open = (file: File) => {
    reading.current?.abort()
    const stop = new AbortController()
    reading.current = stop
    const { signal } = stop
    change(({ opened }) => ({ opened, part: 0, problem: null }))
    const onPart = (part: number) => change((old) => ({ ...old, part }))
    readBundle(file, signal, onPart).then(
      (opened) => !signal.aborted && change({ opened, part: null, problem: null }),
      (error: Error) => {
        if (signal.aborted) return
        const words = error instanceof BundleError ? t.replay.bundle.problems[error.reason] : error.message
        change(({ opened }) => ({ opened, part: null, problem: new Error(words, { cause: error }) }))
      },
    )
  }
  return { ...state, open }
}

async function readBundle(file: File, signal: AbortSignal, onPart: (part: number) => void): Promise<OpenedBundle> {
  let shown = 0
  const bundle = await openBundle(file, {
    signal,
    onBytes(bytes) {
      const part = (bytes / Math.max(1, file.size)) * 0.9
      if (part - shown < 0.01) return
      shown = part
      onPart(part)
    },
  })
  const { run, log, items, at, hub, notes } = bundle
  const tape = new RunTape(run, Math.max(0, (log[0]?.offset ?? 1) - 1), items)
  for (let from = 0; from < log.length; from += PIECE) {
    tape.add(log.slice(from, from + PIECE))
    await new Promise((resolve) => setTimeout(resolve))
    signal.throwIfAborted()
  }
  return { name: file.name, at: Date.now(), run, tape, bundle: { at, hub, notes } }
}
