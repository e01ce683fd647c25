import { OPERATION } from './about-operation.ts'
import { DOCS_POLICY, docsPage } from './docs-page.ts'
import { openApiOf } from './openapi.ts'
import { pageHeaders } from './outer.ts'
import type { PlainReply } from './reply.ts'
import type { Route } from './router.ts'

/** The OpenAPI document of all routes, these two among them, and the page made of it; each is made once. */
export function withDocs(others: readonly Route[]): readonly Route[] {
  let document: PlainReply | undefined
  let page: PlainReply | undefined
  const routes: readonly Route[] = [
    ...others,
    {
      method: 'GET',
      path: '/openapi.json',
      about: OPERATION.openapi,
      isPublic: true,
      handle: () => {
        document ??= {
          status: 200,
          headers: ['Content-Type', 'application/json', 'Cache-Control', 'no-cache'],
          body: JSON.stringify(openApiOf(routes)),
        }
        return document
      },
    },
    {
      method: 'GET',
      path: '/docs',
      about: OPERATION.docs,
      isPublic: true,
      handle: () => {
        page ??= {
          status: 200,
          headers: [
            'Content-Type',
            'text/html; charset=utf-8',
            'Cache-Control',
            'no-cache',
            ...pageHeaders(DOCS_POLICY),
          ],
          body: docsPage(openApiOf(routes)),
        }
        return page
      },
    },
  ]
  return routes
}
