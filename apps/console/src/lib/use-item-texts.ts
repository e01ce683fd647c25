import { type Item, type TextEvent, topicOfRun } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useEffect, useState } from 'react'

/** Names of the texts that an item has said, in order: read when it is opened, then as they begin. */
export function useItemTexts({ runId, id, step }: Pick<Item, 'runId' | 'id' | 'step'>): readonly string[] {
  const { client } = useMonofil()
  const place = `${runId} ${step} ${id}`
  const [known, setKnown] = useState<{ readonly place: string; readonly names: readonly string[] }>({
    place,
    names: [],
  })
  useEffect(() => {
    let isHere = true
    const add = (names: readonly string[]) => {
      if (!isHere) return
      setKnown((old) => {
        const before = old.place === place ? old.names : []
        const more = names.filter((name) => !before.includes(name))
        return more.length === 0 && old.place === place ? old : { place, names: [...before, ...more] }
      })
    }
    const read = () => {
      // What cannot be read now is read with the next snapshot; a text that goes on shows itself.
      client.api.runs.texts(runId, id, { step }).then(
        ({ items }) => add(items.map(({ name }) => name)),
        () => {},
      )
    }
    const stop = client.subscribe(topicOfRun(runId), {
      onSnapshot: ({ more }) => {
        if (more !== true) read()
      },
      onEvent: ({ type, data }) => {
        if (type !== 'text') return
        const text = data as TextEvent
        if (text.item === id && text.step === step) add([text.name])
      },
    })
    return () => {
      isHere = false
      stop()
    }
  }, [client, runId, id, step, place])
  return known.place === place ? known.names : []
}
