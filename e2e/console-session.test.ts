import { issueToken, jwtAuthenticator, newSecret, type TokenClaims } from '@monofil/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, openConsole, SOON } from './console-hub.ts'

const secret = newSecret()
const tokenOf = (claims: Partial<TokenClaims> & { sub: string }) =>
  issueToken({ lifeMs: 600_000, ...claims }, { secret })
let hub: ConsoleHub

beforeAll(async () => {
  const token = await tokenOf({ sub: 'boss', roles: ['admin'] })
  hub = await openConsole({ authenticator: jwtAuthenticator({ secret }), token })
  await hub.startRun({ id: 'secret-run' })
})

afterAll(() => hub?.close())

it('leads a stranger to the page to sign in, shows nothing before, and back to where they were', async () => {
  const page = await hub.open('/runs/secret-run?tab=logs')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(await page.getByText('secret-run').count()).toBe(0)
  await expectGoodPage(page)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Paste a token first.').waitFor()
  await page.getByLabel('Token', { exact: true }).fill('a.b.c')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('The hub does not take this token.').waitFor()
  await page.getByLabel('Token', { exact: true }).fill(await tokenOf({ sub: 'ann', roles: ['admin'] }))
  await page.getByRole('button', { name: 'Sign in as ann' }).click()
  await page.getByTitle('secret-run').first().waitFor()
  expect(new URL(page.url()).pathname).toBe('/console/runs/secret-run')
  await page.getByText('Live', { exact: true }).waitFor()
  const [cookie] = await page.context().cookies()
  expect(cookie).toMatchObject({ name: 'monofil', httpOnly: true, sameSite: 'Lax', path: '/' })
  expect(await page.evaluate(() => document.cookie)).toBe('')
  // What changes something counts by the cookie too.
  await page.goto(`${hub.url}/console/connections`)
  await page.getByText('this page').waitFor()
  await page.context().close()
})

it('takes a token that an application brings along, out of the address and only when confirmed', async () => {
  const token = await tokenOf({ sub: 'zoë', roles: ['team'] })
  const page = await hub.open(`/sign-in?to=%2Fconnections#token=${token}`)
  const button = page.getByRole('button', { name: 'Sign in as zoë' })
  await button.waitFor()
  expect(page.url()).not.toContain(token)
  expect(await page.context().cookies()).toEqual([])
  await button.click()
  await page.getByRole('button', { name: 'Signed in as zoë' }).click()
  await page.getByText('team').waitFor()
  // Connections are the operator's: the page says so and nobody is signed out for it.
  await page.getByText('Connections are for the operator').first().waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(await page.context().cookies()).toEqual([])
  await page.goto(`${hub.url}/console/runs`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.context().close()
})

it('says it when the session ends or is revoked, in every tab, and goes on after another token', async () => {
  const page = await hub.open(`/sign-in#token=${await tokenOf({ sub: 'eve', roles: ['admin'] })}`)
  await page.getByRole('button', { name: 'Sign in as eve' }).click()
  await page.getByText('Live', { exact: true }).waitFor()
  const other = await page.context().newPage()
  await other.goto(`${hub.url}/console/runs`)
  await other.getByText('Live', { exact: true }).waitFor()
  await hub.client.api.revocations.add({ sub: 'eve' })
  for (const one of [page, other])
    await one.getByText('Your access was revoked.').or(one.getByText('Your session has ended.')).waitFor()
  await page.getByLabel('Token', { exact: true }).fill(await tokenOf({ sub: 'eva', roles: ['admin'] }))
  await page.getByRole('button', { name: 'Sign in as eva' }).click()
  await page.getByText('secret-run').first().waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  await page.context().close()
})

it('ends at the very end of the token', async () => {
  const page = await hub.open(`/sign-in#token=${await tokenOf({ sub: 'tim', roles: ['admin'], lifeMs: 6_000 })}`)
  await page.getByRole('button', { name: 'Sign in as tim' }).click()
  await page.getByText('Live', { exact: true }).waitFor()
  await page.getByText('Your session has ended.').waitFor(SOON)
  await page.context().close()
})

it('is in French too', async () => {
  const page = await hub.open('/runs', { locale: 'fr-FR', viewport: { width: 390, height: 844 } })
  await page.getByRole('heading', { name: 'Connexion' }).waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
