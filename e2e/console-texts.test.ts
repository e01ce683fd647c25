import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole()
})
afterAll(() => hub?.close())

const WORDS = 'The photographs of the second folder are sharp, and three of them show the same place. '

it('shows what an item says while it is said, follows it, and has it after a reload and after the end', async () => {
  await hub.startRun({ id: 'says', total: 1 })
  let text = ''
  const say = async (piece: string, more: object = {}) => {
    await hub.report('says', [
      { item: 'a', status: 'running', text: { name: 'text', position: text.length, text: piece, ...more } },
    ])
    text += piece
  }
  await say('Begins. ')
  const page = await hub.open('/runs/says?item=main/a')
  const box = page.getByRole('region', { name: 'Text', exact: true })
  await expect.poll(() => box.textContent(), SOON).toBe(text)
  for (let n = 0; n < 40; n += 1) await say(`${n}. ${WORDS}`)
  await expect.poll(() => box.textContent(), SOON).toBe(text)
  const fromEnd = () => box.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)
  await expect.poll(fromEnd, SOON).toBeLessThan(32)
  await box.hover()
  await page.mouse.wheel(0, -2000)
  await page.getByRole('button', { name: 'Follow' }).waitFor()
  await page.reload()
  await expect.poll(() => box.textContent(), SOON).toBe(text)
  await say('The end.', { done: true })
  await page.getByText('The text is complete').waitFor({ state: 'attached' })
  expect(await box.textContent()).toBe(text)
  await hub.report('says', [
    { item: 'a', status: 'completed' },
    { item: 'a', attempt: 2, status: 'running' },
  ])
  await hub.report('says', [{ item: 'a', text: { name: 'why', position: 0, text: 'Since it was asked.' } }])
  await page.getByRole('region', { name: 'Text: why' }).getByText('Since it was asked.').waitFor()
  await page.context().close()
})

it.each([
  ['dark', 1440, 'en-GB'],
  ['light', 768, 'fr-FR'],
  ['dark', 390, 'fr-FR'],
  ['light', 390, 'en-GB'],
] as const)('is accessible and fits: %s at %d in %s', async (colorScheme, width, locale) => {
  const page = await hub.open('/runs/says?item=main/a', { colorScheme, locale, viewport: { width, height: 900 } })
  await page.getByText('Since it was asked.').waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
