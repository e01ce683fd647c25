import { preferences as schema } from '@monofil/protocol/schemas'
import { INBOX } from './about-notifications.ts'
import type { RouteContext } from './context.ts'
import { parse } from './parse.ts'
import { json } from './reply.ts'
import type { Route } from './router.ts'

/** What one wants to hear of, and when. */
export function preferenceRoutes({ store }: Pick<RouteContext, 'store'>): readonly Route[] {
  const { notifications } = store
  return [
    {
      method: 'GET',
      path: '/v1/preferences',
      about: INBOX.preferences,
      handle: async ({ principal }) => json(await notifications.preferences(principal.sub)),
    },
    {
      method: 'PUT',
      path: '/v1/preferences',
      about: INBOX.setPreferences,
      async handle(request) {
        const { language = null, mute = [], quietHours = null, digest = null } = parse(schema, await request.json())
        // Fields that were left out are left out of what is kept: JSON has no undefined.
        const kept = JSON.parse(JSON.stringify({ language, mute, quietHours, digest }))
        return json(await notifications.setPreferences(request.principal.sub, kept))
      },
    },
  ]
}
