/** An application that does, without rest, all that used to multiply streams. */
import { createClient } from '@monofil/client'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { book } from './book.ts'

const fast = new URLSearchParams(location.search).has('fast')
const page = book()

const element = document.querySelector('#root')
if (element === null) throw new Error('no root')
const root = createRoot(element)
root.render(
  <StrictMode>
    <App fast={fast} />
  </StrictMode>,
)

// Two who stay without React, by whom the comings and goings of all others are judged.
const direct = createClient({ url: location.origin, share: 'tab', token: 'token-0' })
const leaves = ['kept/a', 'kept/b'].map((topic) =>
  direct.subscribe(topic, {
    onEvent: ({ offset }) => {
      page.kept[`direct ${topic}`] ??= []
      if (offset !== null) page.kept[`direct ${topic}`]?.push(offset)
    },
  }),
)
page.clients.push(direct)

const sampler = setInterval(() => {
  const { timersPending, activeConnections } = direct.debug()
  const { samples } = page
  samples.count += 1
  samples.timers = Math.max(samples.timers, timersPending)
  samples.streams = Math.max(samples.streams, activeConnections)
}, 20)

page.end.call = () => {
  clearInterval(sampler)
  for (const leave of leaves) leave()
  root.unmount()
}
