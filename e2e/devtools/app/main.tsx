/** A page with the devtools panel, two topics and a run, and a naive stream at the press of a button. */
import { createClient } from '@monofil/client'
import { MonofilProvider, useTopic } from '@monofil/react'
import { MonofilDevtools } from '@monofil/react/devtools'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

const theme = new URLSearchParams(location.search).get('theme') === 'dark' ? 'dark' : 'auto'
/** A second client of the page, for another mount of the hub. */
const other = createClient({ url: `${location.origin}/elsewhere`, marker: 'the-other' })

function Topic({ name }: { name: string }) {
  const { events, freshness } = useTopic(name)
  return (
    <li>
      {name}: {events.length} events, {freshness}
    </li>
  )
}

function App() {
  return (
    <main>
      <h1>Orders</h1>
      <ul>
        <Topic name="orders" />
        <Topic name="orders/eu-west-1/customers/4711" />
        <Topic name="stock" />
      </ul>
      <button type="button" onClick={() => new EventSource('/v1/stream?topics=orders')}>
        A naive stream
      </button>
      <p>{other.debug().marker} has no stream.</p>
    </main>
  )
}

const root = document.querySelector('#root')
if (root === null) throw new Error('no root')
createRoot(root).render(
  <StrictMode>
    <MonofilProvider url={location.origin}>
      <App />
      <MonofilDevtools theme={theme} />
    </MonofilProvider>
  </StrictMode>,
)
