import { MonofilError } from '@monofil/protocol'
import { pushEndpoint, pushSubscription } from '@monofil/protocol/schemas'
import type { PushBrowsers } from '../seams/push-sender.ts'
import { PUSH } from './about-push.ts'
import { parse } from './parse.ts'
import { json, noContent } from './reply.ts'
import type { Route } from './router.ts'

/** Browsers that want pushes: each user's own. Without `browsers` there are none, and the routes say so. */
export function pushRoutes(browsers: PushBrowsers | undefined): readonly Route[] {
  const known = (): PushBrowsers => {
    if (browsers !== undefined) return browsers
    throw new MonofilError('not_found', 'This hub sends no pushes: see docs/NOTIFICATIONS.md, Pushes to browsers.')
  }
  return [
    {
      method: 'GET',
      path: '/v1/push/key',
      about: PUSH.key,
      handle: () => json({ publicKey: known().publicKey }),
    },
    {
      method: 'POST',
      path: '/v1/push/subscriptions',
      about: PUSH.subscribe,
      async handle(request) {
        const { endpoint, keys } = parse(pushSubscription, await request.json())
        await known().subscribe(request.principal.sub, { endpoint, keys })
        return noContent()
      },
    },
    {
      method: 'DELETE',
      path: '/v1/push/subscriptions',
      about: PUSH.unsubscribe,
      async handle(request) {
        const { endpoint } = parse(pushEndpoint, await request.json())
        await known().unsubscribe(request.principal.sub, endpoint)
        return noContent()
      },
    },
  ]
}
