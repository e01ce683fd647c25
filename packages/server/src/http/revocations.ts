import { isId, MonofilError } from '@monofil/protocol'
import { newRevocation } from '@monofil/protocol/schemas'
import { can, MAX_TOKEN_LIFE_MS } from '../auth/index.ts'
import type { NewRevocationRow } from '../seams/revocation-store.ts'
import { RIGHTS } from './about-rights.ts'
import type { RouteContext } from './context.ts'
import { parse } from './parse.ts'
import { pageOf } from './query.ts'
import { json, noContent } from './reply.ts'
import { param, type Request } from './request.ts'
import type { Route } from './router.ts'

/** `/v1/revocations`: credentials refused before they end, for the operator. */
export function revocationRoutes(context: Pick<RouteContext, 'store' | 'clock' | 'authenticator'>): readonly Route[] {
  const { revocations } = context.store
  return [
    {
      method: 'POST',
      path: '/v1/revocations',
      about: RIGHTS.revoke,
      async handle(request) {
        operatorOnly(request)
        const made = await revocations.add(rowOf(context, request, await request.json()))
        return json(made, 201, ['Location', `/v1/revocations/${made.id}`])
      },
    },
    {
      method: 'GET',
      path: '/v1/revocations',
      about: RIGHTS.revocations,
      async handle(request) {
        operatorOnly(request)
        return json(await revocations.list(pageOf(request.query)))
      },
    },
    {
      method: 'DELETE',
      path: '/v1/revocations/:id',
      about: RIGHTS.unrevoke,
      async handle(request) {
        operatorOnly(request)
        await revocations.remove(param(request, 'id', isId))
        return noContent()
      },
    },
  ]
}

function rowOf(
  { clock, authenticator }: Pick<RouteContext, 'clock' | 'authenticator'>,
  { principal }: Request,
  body: unknown,
): NewRevocationRow {
  const { sub, jti, role, before } = parse(newRevocation, body)
  const now = clock.now()
  const at = before === undefined ? now : Date.parse(before)
  if (at > now) throw new MonofilError('invalid_request', 'before is a time that is over.', { field: 'before' })
  const what = sub !== undefined ? ['sub', sub] : jti !== undefined ? ['jti', jti] : ['role', role]
  const [kind, value] = what as [NewRevocationRow['kind'], string]
  return { kind, value, before: at, keepMs: authenticator?.maxLifeMs ?? MAX_TOKEN_LIFE_MS, by: principal.sub }
}

function operatorOnly({ principal }: Request): void {
  if (!can(principal, 'hub.operate', null)) {
    throw new MonofilError('forbidden', 'Revocations are for the operator, who has the role admin.')
  }
}
