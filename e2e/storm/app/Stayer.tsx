import { useTopic } from '@monofil/react'
import { book } from './book.ts'

const VERSION = 0
book().versions['Stayer'] = VERSION

/** Is there from the beginning to the end, through every hot update. */
export function Stayer({ name, topic }: { name: string; topic: string }) {
  useTopic(topic, (event) => {
    const kept = book().kept
    kept[name] ??= []
    if (event.offset !== null) kept[name].push(event.offset)
  })
  return <p data-version={VERSION}>{name}</p>
}
