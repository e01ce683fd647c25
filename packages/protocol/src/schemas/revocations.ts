import { z } from 'zod'
import { isSub } from '../ids.ts'
import { label, time } from './primitives.ts'

const name = z.string().refine(isSub, '1 to 255 printable characters')

/** Body of `POST /v1/revocations`: one of a user, a token's id and a role. `before` is now unless it is given. */
export const newRevocation = z
  .strictObject({ sub: name.optional(), jti: name.optional(), role: label.optional(), before: time.optional() })
  .refine(
    ({ sub, jti, role }) => [sub, jti, role].filter((one) => one !== undefined).length === 1,
    'one of sub, jti and role',
  )

export type NewRevocationBody = z.infer<typeof newRevocation>
