import { useEffect, useRef, useState } from 'react'
import type { RunTape } from './run-tape.ts'

/** How many times faster than it was a run is played. */
export const SPEEDS = [0.5, 1, 4, 16, 64, 256, 1024, 4096] as const
/** A whole run lasts about so long at the speed that is chosen for it. */
const WHOLE_MS = 20_000
/** Frames nearer to each other are not told apart, and each costs a render. */
const FRAME_MS = 50
/** The place is written into the URL so long after the last move: browsers refuse many writes. */
const SETTLE_MS = 300

/** Where one is on a tape, and how it moves. */
export interface Playback {
  /** The number of the event; -1 before the first. */
  readonly event: number
  /** ms since 1970; between two events while it plays. */
  readonly time: number
  readonly isPlaying: boolean
  readonly speed: number
  setSpeed(speed: number): void
  toggle(): void
  toTime(time: number): void
  toEvent(event: number): void
}

interface Place {
  readonly event: number
  readonly time: number
}

/** Plays a tape from the event with the offset `at` on; `onSettle` is told the offset where it came to rest. */
export function usePlayback(tape: RunTape, at: number, onSettle: (offset: number) => void): Playback {
  const placeOf = (event: number): Place => ({
    event: Math.min(tape.size - 1, Math.max(-1, event)),
    time: tape.times[Math.min(event, tape.size - 1)] ?? tape.from,
  })
  const [place, go] = useState(() => placeOf(tape.eventOf(at)))
  const [isPlaying, play] = useState(false)
  const [speed, setSpeed] = useState<number>(() => {
    return SPEEDS.find((known) => known >= 1 && (tape.to - tape.from) / known <= WHOLE_MS) ?? 4096
  })
  const told = useRef(at)
  const offset = place.event < 0 ? tape.cut : (tape.offsets[place.event] ?? 0)

  useEffect(() => {
    if (!isPlaying) return
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      const step = (now - last) * speed
      last = now
      go(({ time }) => {
        const next = Math.min(tape.to, time + step)
        return { time: next, event: tape.eventAt(next) }
      })
    }, FRAME_MS)
    return () => clearInterval(timer)
  }, [isPlaying, speed, tape])
  useEffect(() => {
    if (place.time >= tape.to) play(false)
  }, [place.time, tape])

  // A link, or the browser's way back, names another moment than the one that was told last.
  useEffect(() => {
    if (at === told.current) return
    told.current = at
    const event = tape.eventOf(at)
    go({ event, time: tape.times[event] ?? tape.from })
    play(false)
  }, [at, tape])
  useEffect(() => {
    if (isPlaying || offset === told.current) return
    const timer = setTimeout(() => {
      told.current = offset
      onSettle(offset)
    }, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [isPlaying, offset, onSettle])

  return {
    ...place,
    isPlaying,
    speed,
    setSpeed,
    toggle() {
      if (!isPlaying && place.time >= tape.to) go({ event: -1, time: tape.from })
      play(!isPlaying)
    },
    toTime(time) {
      play(false)
      go({ time, event: tape.eventAt(time) })
    },
    toEvent(event) {
      play(false)
      go(placeOf(event))
    },
  }
}
