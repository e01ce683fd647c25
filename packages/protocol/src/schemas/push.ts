import { z } from 'zod'

const endpoint = z.string().min(1).max(2_048).meta({ description: 'https, of a push service that the hub knows.' })

/** Body of `POST /v1/push/subscriptions`: a browser's `PushSubscription`, as its `toJSON` says it. */
export const pushSubscription = z.strictObject({
  endpoint,
  expirationTime: z.number().nullable().optional(),
  keys: z.strictObject({ p256dh: z.string().min(1).max(200), auth: z.string().min(1).max(100) }),
})

/** Body of `DELETE /v1/push/subscriptions`. */
export const pushEndpoint = z.strictObject({ endpoint })
