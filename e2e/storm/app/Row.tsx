import { useTopic } from '@monofil/react'
import { useEffect, useRef } from 'react'
import { book, visit } from './book.ts'

const VERSION = 0
book().versions['Row'] = VERSION

/** Comes and goes, and writes down what it saw meanwhile. Its handlers are new on every render. */
export function Row({ topic, cursor }: { topic: string; cursor?: string | undefined }) {
  const seen = useRef<number[]>([])
  useEffect(() => {
    const { seen: list, leave } = visit(topic, cursor)
    seen.current = list
    return leave
  }, [topic, cursor])
  useTopic(topic, {
    cursor,
    onEvent: (event) => {
      if (event.offset !== null) seen.current.push(event.offset)
    },
    onGap: () => {
      book().gaps += 1
    },
  })
  return <li data-version={VERSION}>{topic}</li>
}
