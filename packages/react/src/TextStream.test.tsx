// @vitest-environment jsdom
// biome-ignore-all lint/style/noRestrictedImports: the real hub is started by the test
import { createClient, type MonofilClient } from '@monofil/client'
import { startHub, type TestHub } from '@monofil/testkit'
import { cleanup, render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Kpi } from './Kpi.tsx'
import { MonofilProvider } from './MonofilProvider.tsx'
import { TextStream } from './TextStream.tsx'

let hub: TestHub
let client: MonofilClient
beforeEach(async () => {
  hub = await startHub()
  client = createClient({ url: hub.url, share: 'none', lingerMs: 10 })
})
afterEach(async () => {
  cleanup()
  client.close()
  await hub.close()
})
const report = (id: string, more: object) =>
  hub.call('POST', '/v1/runs/r/reports', { reports: [{ id, item: 'a', ...more }] })

it('shows a text as it is written, tells a screen reader of its begin and end only, and when it begins anew', async () => {
  await hub.call('POST', '/v1/runs', { id: 'r', workflow: 'w', external: true })
  const { container } = render(
    <StrictMode>
      <MonofilProvider client={client}>
        <TextStream runId="r" item="a" label="Answer" />
      </MonofilProvider>
    </StrictMode>,
  )
  const region = screen.getByRole('region', { name: 'Answer' })
  const said = () => screen.getByRole('status').textContent
  const body = () => container.querySelector('.monofil-text-body')?.textContent
  await expect.poll(body).toBe('Nothing was written yet.')
  await report('1', { text: { name: 'text', position: 0, text: 'Hello' } })
  await expect.poll(body).toBe('Hello')
  expect(said()).toBe('The text is being written.')
  expect(container.querySelector('.monofil-caret')).not.toBeNull()
  expect(region.getAttribute('aria-busy')).toBe('true')
  await report('2', { text: { name: 'text', position: 5, text: ', you' } })
  await expect.poll(body).toBe('Hello, you')
  expect(said()).toBe('The text is being written.')
  await report('3', { attempt: 2, text: { name: 'text', position: 0, text: 'Anew' } })
  await expect.poll(body).toBe('Anew')
  expect(said()).toBe('The text begins anew.')
  await report('4', { text: { name: 'text', position: 4, text: '.', done: true } })
  await expect.poll(said).toBe('The text is complete.')
  expect(body()).toBe('Anew.')
  expect(container.querySelector('.monofil-caret')).toBeNull()
  expect(region.getAttribute('aria-busy')).toBe('false')
})

it('shows a KPI with its unit, and what there is before it has a value', async () => {
  const { container } = render(
    <MonofilProvider client={client}>
      <Kpi name="sales" label="Sales" locale="fr" />
      <Kpi name="load" />
    </MonofilProvider>,
  )
  const values = () => [...container.querySelectorAll('.monofil-kpi-value')].map((value) => value.textContent)
  expect(values()).toEqual(['–', '–'])
  await hub.call('PUT', '/v1/kpis/sales', { value: 1234.5, unit: 'EUR' })
  await hub.call('PUT', '/v1/kpis/load', { value: 40, unit: '%' })
  await expect.poll(() => values().join(' ').replaceAll(/\s/g, ' ')).toBe('1 234,50 € 40 %')
  expect(container.textContent).toContain('Sales')
})
