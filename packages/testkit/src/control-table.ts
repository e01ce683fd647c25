import type { Run, RunAction, RunStatus } from '@monofil/protocol'
import { RUN_STATUSES } from '@monofil/protocol'
import type { StepPlan } from '@monofil/server'
import type { TestHub } from './server.ts'

type Row<T> = Readonly<Record<Exclude<RunAction, 'rerun'>, T | null>>

/** Every control in every state of a run of ours: the status it has then; null: refused with `invalid_state`. */
export const OWN_CONTROLS: Readonly<Record<RunStatus, Row<RunStatus>>> = {
  queued: { pause: 'paused', resume: 'queued', cancel: 'cancelled', retry: null },
  running: { pause: 'paused', resume: 'running', cancel: 'cancelled', retry: null },
  paused: { pause: 'paused', resume: 'running', cancel: 'cancelled', retry: null },
  completed: { pause: null, resume: null, cancel: null, retry: null },
  partial: { pause: null, resume: null, cancel: null, retry: 'queued' },
  failed: { pause: null, resume: null, cancel: null, retry: 'queued' },
  cancelled: { pause: null, resume: null, cancel: 'cancelled', retry: 'queued' },
}

/** The same for an external run: what is wanted then, its status stays. */
export const EXTERNAL_CONTROLS: Readonly<Record<RunStatus, Row<Run['wanted']>>> = {
  queued: { pause: 'pause', resume: 'run', cancel: 'cancel', retry: null },
  running: { pause: 'pause', resume: 'run', cancel: 'cancel', retry: null },
  paused: { pause: 'pause', resume: 'run', cancel: 'cancel', retry: null },
  completed: { pause: null, resume: null, cancel: null, retry: null },
  partial: { pause: null, resume: null, cancel: null, retry: null },
  failed: { pause: null, resume: null, cancel: null, retry: null },
  cancelled: { pause: null, resume: null, cancel: 'run', retry: null },
}

export const CONTROLS: readonly RunAction[] = ['pause', 'resume', 'cancel', 'retry', 'rerun']

export interface Cell {
  readonly status: RunStatus
  readonly external: boolean
  readonly action: RunAction
  /** What the answer has when it is taken; null: refused. */
  readonly expected: Partial<Run> | null
}

function planOf(name: string, each: string | null): StepPlan {
  const backoff = { minMs: 0, maxMs: 0, factor: 1 }
  return { name, each, after: [], weight: 1, concurrency: 4, attempts: 1, backoff, timeoutMs: 600_000 }
}

/** Every pair of both tables; `rerun` starts another run of one that is over. */
export function controlCells(): readonly Cell[] {
  return [false, true].flatMap((external) =>
    RUN_STATUSES.flatMap((status) =>
      CONTROLS.map((action) => ({ status, external, action, expected: expectedOf({ status, external, action }) })),
    ),
  )
}

function expectedOf({ status, external, action }: Omit<Cell, 'expected'>): Partial<Run> | null {
  if (action === 'rerun') return OWN_CONTROLS[status].pause === null ? { status: 'queued', external } : null
  if (external) {
    const wanted = EXTERNAL_CONTROLS[status][action]
    return wanted === null ? null : { status, wanted }
  }
  const next = OWN_CONTROLS[status][action]
  return next === null ? null : { status: next, round: action === 'retry' ? 2 : 1 }
}

/** Brings runs into any state, at a hub without a worker. One lab per hub. */
export class ControlLab {
  readonly #hub: TestHub
  #made = 0

  constructor(hub: TestHub) {
    this.#hub = hub
  }

  /** A new run in this state; answers its id. Each of ours has a workflow of its own, so that nobody else's is claimed. */
  async make(status: RunStatus, external: boolean): Promise<string> {
    this.#made += 1
    const id = `${external ? 'external' : 'own'}-${status}-${this.#made}`
    if (external) await this.#external(id, status)
    else await this.#own(id, status)
    const { body } = await this.#hub.call<Run>('GET', `/v1/runs/${id}`)
    if (body.status !== status) throw new Error(`run ${id} should be ${status}, not ${body.status}`)
    return id
  }

  async #external(id: string, status: RunStatus): Promise<void> {
    await this.#call('/v1/runs', { id, workflow: 'elsewhere', external: true })
    if (status === 'queued') return
    const word = status === 'partial' ? 'completed' : status
    const failed = status === 'partial' ? [{ id: '1', item: 'a', status: 'failed' }] : []
    await this.#call(`/v1/runs/${id}/reports`, { reports: [...failed, { id: '2', status: word }] })
  }

  async #own(id: string, status: RunStatus): Promise<void> {
    const { workflows, work } = this.#hub.store
    const steps = [planOf('list', null), planOf('each', 'list')]
    await workflows.register([{ name: id, steps, inputSchemaJson: null, exclusive: false }])
    await this.#call('/v1/runs', { id, workflow: id })
    if (status === 'queued') return
    const claim = () => work.claim({ worker: 'w1', workflows: [id], max: 9, leaseMs: 600_000 })
    const [list] = await claim()
    await work.settle([{ fence: list?.fence ?? 0, kind: 'completed', resultJson: '[1,2]' }])
    if (status === 'running') return
    if (status === 'paused') await this.#call(`/v1/runs/${id}/pause`, {})
    else if (status === 'cancelled') await this.#call(`/v1/runs/${id}/cancel`, {})
    else {
      const error = { code: 'error', message: 'no' }
      const fails = (index: number) => status === 'failed' || (status === 'partial' && index === 2)
      const leases = await claim()
      await work.settle(
        leases.map(({ fence, index }) =>
          fails(index)
            ? { fence, kind: 'failed', error, retryable: false }
            : { fence, kind: 'completed', resultJson: '1' },
        ),
      )
    }
  }

  async #call(path: string, body: unknown): Promise<void> {
    const { status } = await this.#hub.call('POST', path, body)
    if (status >= 300) throw new Error(`POST ${path} answered ${status}`)
  }
}
