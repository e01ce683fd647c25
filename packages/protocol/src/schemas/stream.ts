import { z } from 'zod'
import { id, json, label, topic } from './primitives.ts'

const subscription = z.strictObject({ topic: z.string().max(4096), cursor: z.string().max(64).optional() })

/** Body of `POST /v1/stream`. Topics are judged one by one later: a bad one is denied, the others go on. */
export const openStream = z.strictObject({ topics: z.array(subscription), marker: label.optional() })

/** Body of `PATCH /v1/stream/{connection}`. */
export const patchStream = z.strictObject({
  seq: z.int().min(1),
  subscribe: z.array(subscription).optional(),
  unsubscribe: z.array(z.string().max(4096)).optional(),
})

/** One event to publish. `data` is any JSON, and must be there. */
export const newEvent = z.strictObject({
  topic,
  type: label,
  data: json,
  id: id.optional(),
  ephemeral: z.boolean().optional(),
})

export type OpenStream = z.infer<typeof openStream>
export type PatchStream = z.infer<typeof patchStream>
export type NewEvent = z.infer<typeof newEvent>
