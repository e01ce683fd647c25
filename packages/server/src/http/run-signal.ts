import { isId, MonofilError } from '@monofil/protocol'
import { runSignal } from '@monofil/protocol/schemas'
import { can } from '../auth/index.ts'
import { RUNS } from './about-runs.ts'
import { canonicalJson } from './canonical.ts'
import type { RouteContext } from './context.ts'
import { parse } from './parse.ts'
import { json } from './reply.ts'
import { param } from './request.ts'
import type { Route } from './router.ts'

/** Answers to steps that wait for an approval or a signal. */
export function signalRoutes(context: RouteContext): readonly Route[] {
  const { runs } = context.store
  return [
    {
      method: 'POST',
      path: '/v1/runs/:id/signals',
      about: RUNS.signals,
      async handle(request) {
        const id = param(request, 'id', isId)
        const { principal } = request
        const run = await runs.get(id)
        const seen = run !== undefined && can(principal, 'run.read', run)
        // Whoever may answer need not be able to read the run: to others it is not there.
        const { data, ...answer } = parse(runSignal, await request.json())
        const step = run?.steps.find(({ name }) => name === answer.step)
        const mayAnswer =
          run !== undefined && step?.signal != null && can(principal, 'run.answer', { run, signal: step.signal })
        if (!mayAnswer && !seen)
          throw new MonofilError('not_found', `There is no run ${id}, or it is not yours to see.`)
        if (!mayAnswer && step?.signal != null) {
          throw new MonofilError('forbidden', `Step ${answer.step} of run ${id} is not yours to answer.`)
        }
        const dataJson = data === undefined ? {} : { dataJson: canonicalJson(data) }
        return json(await runs.signal(id, { ...answer, ...dataJson, by: principal.sub }))
      },
    },
  ]
}
