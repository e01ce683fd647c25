// @vitest-environment jsdom
/** The panel without a browser: where it gets its client, what it says without a recorder, what it leaves behind. */
import { createClient, type MonofilClient } from '@monofil/client'
import { FlightRecorder } from '@monofil/client/recorder'
import { act, cleanup, fireEvent, render, within } from '@testing-library/react'
import { StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { RawHub } from '../../../client/src/testing/raw-hub.ts'
import { MonofilProvider } from '../MonofilProvider.tsx'
import { MonofilDevtools } from './MonofilDevtools.tsx'

let hub: RawHub
let client: MonofilClient

beforeEach(async () => {
  hub = await RawHub.start()
  client = createClient({ url: hub.url, share: 'tab', marker: 'the-page' })
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
})

afterEach(async () => {
  cleanup()
  client.close()
  await hub.close()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function shadow(): HTMLElement {
  const root = document.querySelector('[data-monofil-devtools]')?.shadowRoot
  if (!root) throw new Error('no panel')
  return root as unknown as HTMLElement
}

it('renders no more than a place on a server', () => {
  const html = renderToString(<MonofilDevtools client={client} open />)
  expect(html).toBe('<div data-monofil-devtools="" data-corner="bottom-right" data-theme="auto"></div>')
})

it('takes the client it is given, or the nearest provider, and needs one of them', () => {
  const first = render(<MonofilDevtools client={client} open />)
  expect(within(shadow()).getByText('the-page')).toBeTruthy()
  first.unmount()
  const second = render(
    <MonofilProvider client={client}>
      <MonofilDevtools open corner="top-left" theme="dark" />
    </MonofilProvider>,
  )
  expect(within(shadow()).getByText('the-page')).toBeTruthy()
  second.unmount()
  vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(() => render(<MonofilDevtools />)).toThrow('need a <MonofilProvider>')
})

it('opens no stream by itself, under StrictMode, and leaves no timer', async () => {
  const set = vi.spyOn(globalThis, 'setInterval')
  const clear = vi.spyOn(globalThis, 'clearInterval')
  const view = render(
    <StrictMode>
      <MonofilDevtools client={client} />
    </StrictMode>,
  )
  expect(within(shadow()).getByRole('button').textContent).toBe('monofil idleown · no stream')
  await act(() => fireEvent.click(within(shadow()).getByRole('button')))
  expect(within(shadow()).getByRole('region', { name: 'Monofil devtools' })).toBeTruthy()
  view.unmount()
  const timers = set.mock.results.map(({ value }) => value)
  expect(timers.length).toBeGreaterThan(1)
  expect(timers.every((timer) => clear.mock.calls.some(([cleared]) => cleared === timer))).toBe(true)
  expect([hub.streams.length, client.debug().timersPending, client.debug().subscribers]).toEqual([0, 0, 0])
})

it('says how to record where nothing is recorded, and shows what a recorder of the application has', async () => {
  const view = render(<MonofilDevtools client={client} open />)
  await act(() => fireEvent.click(within(shadow()).getByRole('tab', { name: 'Recorder' })))
  expect(within(shadow()).getByText(/Nothing is recorded/)).toBeTruthy()
  view.unmount()
  client.close()
  client = createClient({ url: hub.url, share: 'tab', recorder: new FlightRecorder() })
  client.connect()
  await vi.waitFor(() => expect(client.debug().open).toBe(true))
  render(<MonofilDevtools client={client} open />)
  await act(() => fireEvent.click(within(shadow()).getByRole('tab', { name: 'Recorder' })))
  expect(within(shadow()).getByText('hello → open')).toBeTruthy()
  expect(within(shadow()).getByText('want → connecting')).toBeTruthy()
})
