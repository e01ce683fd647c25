import type { About } from './about.ts'

const TAG = 'Notifications' as const
const MINE = "One's own browsers"

/** Pushes to browsers. */
export const PUSH = {
  key: {
    id: 'pushKey',
    tag: TAG,
    summary: 'What browsers subscribe with (VAPID)',
    right: MINE,
    answers: { 200: { description: 'The public key, in base64url.', schema: 'PushKey' } },
    errors: ['not_found'],
  },
  subscribe: {
    id: 'subscribePush',
    tag: TAG,
    summary: "Keep a browser's push subscription; the same again says that it is in use",
    right: MINE,
    body: 'PushSubscription',
    answers: { 204: { description: 'It is kept, as this user’s and nobody else’s.' } },
    errors: ['not_found', 'store_unavailable'],
  },
  unsubscribe: {
    id: 'unsubscribePush',
    tag: TAG,
    summary: "Forget a browser's push subscription",
    right: MINE,
    body: 'PushEndpoint',
    answers: { 204: { description: 'It is forgotten, or never was.' } },
    errors: ['not_found', 'store_unavailable'],
  },
} as const satisfies Readonly<Record<string, About>>
