import { startHub, type TestHub } from '@monofil/testkit'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OPERATION } from './about-operation.ts'
import { createRouter, type Route } from './router.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.close())

type Document = { openapi: string; paths: Record<string, Record<string, { operationId: string }>> }
const read = async () => (await hub.call<Document>('GET', '/openapi.json')).body

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(
    (await read()) as unknown as Parameters<typeof validator.validate>[0],
  )
  expect(errors).toBeUndefined()
  expect([valid, validator.version]).toEqual([true, '3.1'])
})

test('every reference in it leads somewhere', async () => {
  const document = (await read()) as unknown as { components: { schemas: object } }
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
  expect(refs.length).toBeGreaterThan(50)
  for (const [, name = ''] of refs) expect(Object.keys(document.components.schemas)).toContain(name)
})

test('a route without description, or with the id of another one, is refused at construction', () => {
  const route: Route = {
    method: 'GET',
    path: '/a',
    about: OPERATION.healthz,
    handle: () => ({ status: 200, headers: [], body: '' }),
  }
  const { about: _about, ...bare } = route
  expect(() => createRouter([bare as Route])).toThrow('GET /a has no description')
  expect(() => createRouter([route, { ...route, path: '/b' }])).toThrow('GET /b has the id of another one: getHealth')
  expect(createRouter([route]).find('GET', '/a').route).toBe(route)
})

test('the page names every call, and asks for nothing', async () => {
  const response = await fetch(`${hub.url}/docs`)
  const page = await response.text()
  for (const methods of Object.values((await read()).paths)) {
    for (const { operationId } of Object.values(methods)) expect(page).toContain(`<details id="${operationId}">`)
  }
  expect(page).not.toMatch(/(src|href)="(?!\/openapi\.json"|#)/)
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})
