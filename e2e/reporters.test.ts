import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Folder, makeFolder, type Reporter, startPython } from '../examples/reporters/src/testing.ts'
import { type ConsoleHub, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub
let folder: Folder
beforeAll(async () => {
  hub = await openConsole()
  folder = await makeFolder(120)
})
afterAll(async () => {
  await hub?.close()
  await folder?.remove()
})

function start(run: string, slow: number): Reporter {
  const more = ['--heartbeat', '1']
  return startPython({ url: hub.url, run, folder: folder.path, names: folder.names, slow, more })
}

it('the console says when a reporter is gone, and follows the one that goes on', async () => {
  const first = start('gone', 0.2)
  await expect.poll(() => hub.client.api.runs.get('gone').catch(() => null), SOON).toMatchObject({ status: 'running' })
  const page = await hub.open('/runs/gone')
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  expect(await page.getByText('Is its reporter still running?').count()).toBe(0)
  await first.kill()
  // Counted from its last word.
  await page.getByText(/^No report since .*, [1-9]\S*\s(s|min) ago\. Is its reporter still running\?$/).waitFor()
  const shots = process.env['SHOTS']
  if (shots !== undefined) await page.screenshot({ path: `${shots}/stalled.png` })
  const second = start('gone', 0.01)
  await page.getByText('Is its reporter still running?').waitFor({ state: 'detached' })
  expect(await second.ended, second.output()).toBe(0)
  await page.getByText('Done: 120 items completed').waitFor()
  await page.context().close()
})

it('a real reporter obeys the console’s buttons', async () => {
  const reporter = start('pressed', 0.2)
  await expect
    .poll(() => hub.client.api.runs.get('pressed').catch(() => null), SOON)
    .toMatchObject({ status: 'running' })
  const page = await hub.open('/runs/pressed')
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Paused: nothing is begun').waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect.poll(async () => (await hub.client.api.runs.get('pressed')).status, SOON).toBe('running')
  await page.getByRole('button', { name: 'Cancel…' }).click()
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Cancel \d/ })
    .click()
  expect(await reporter.ended, reporter.output()).toBe(1)
  await expect.poll(async () => (await hub.client.api.runs.get('pressed')).status, SOON).toBe('cancelled')
  await page.context().close()
})
