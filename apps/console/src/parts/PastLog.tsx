import type { LogLine } from '@monofil/protocol'
import { useMemo } from 'react'
import { fitsFilter, type LogFilter } from '../lib/log-lines.ts'
import { lastUpTo } from '../lib/run-tape.ts'
import { LogLineList } from './LogLineList.tsx'
import { NoLines } from './LogPanel.tsx'

interface PastLogProps {
  /** The lines of the whole tape, oldest first. */
  readonly lines: readonly LogLine[]
  /** Up to which offset they had been written. */
  readonly offset: number
  readonly filter: LogFilter
  readonly onClear?: () => void
  readonly onItem?: (step: string, item: string) => void
}

const nothing = () => {}
const STILL = { status: 'ready', olderStatus: 'idle', error: null, older: nothing, restart: nothing } as const

/** The log as it was at a moment. */
export function PastLog({ lines, offset, filter, onClear, onItem }: PastLogProps) {
  const { level, step, item, q } = filter
  const fitting = useMemo(
    () => lines.filter((line) => fitsFilter(line, { level, step, item, q })),
    [lines, level, step, item, q],
  )
  const offsets = useMemo(() => fitting.map((line) => line.offset ?? 0), [fitting])
  const count = lastUpTo(offsets, offset) + 1
  const known = useMemo(
    () => ({ lines: fitting.slice(0, count), first: 0, older: null, newest: '', upTo: 0, cut: 0 }),
    [fitting, count],
  )
  if (count === 0) return <NoLines filter={filter} onClear={onClear} />
  return <LogLineList logs={{ ...STILL, known }} known={known} onItem={onItem} />
}
