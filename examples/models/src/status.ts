import type { ModelConnection, Quota } from './connection.ts'
import { endpointOf } from './failure.ts'
import { ModelError, type ModelErrorCode } from './model-error.ts'

export type { Quota } from './connection.ts'

/** What can be said of the model now, for a badge; nothing in it is secret. */
export interface ModelStatus {
  /** `offline`: none is configured, and the scorer does the work. `ready`: it answered. Else why it did not. */
  readonly state: 'offline' | 'ready' | ModelErrorCode
  /** Without what an address may hide; null when offline. */
  readonly endpoint: string | null
  /** The settings' model, else the first one named; null when offline or unknown. */
  readonly model: string | null
  /** What can be chosen, at most 200. */
  readonly names: readonly string[]
  readonly quota: Quota
  /** Why it is not ready, and what to do; null when it is, or offline. */
  readonly message: string | null
}

const MAX_NAMES = 200
const PATIENCE_MS = 5_000

/** Asks the endpoint for its models, for at most 5 s. Never throws for what an endpoint does. */
export async function modelStatus(connection: ModelConnection | null): Promise<ModelStatus> {
  if (connection === null) {
    return { state: 'offline', endpoint: null, model: null, names: [], quota: 'unknown', message: null }
  }
  const { settings } = connection
  const known = { endpoint: endpointOf(settings), model: settings.model }
  const patience = AbortSignal.timeout(PATIENCE_MS)
  try {
    const all = await connection.names(patience)
    // Some endpoints name none of the models they answer for.
    const names = settings.model === null || all.includes(settings.model) ? all : [settings.model, ...all]
    const model = settings.model ?? names[0] ?? null
    const { quota } = connection
    return { state: 'ready', ...known, model, names: names.slice(0, MAX_NAMES), quota, message: null }
  } catch (error) {
    const failure = patience.aborted
      ? new ModelError('model_timeout', `The model endpoint did not answer within ${PATIENCE_MS} ms.`)
      : error
    if (!(failure instanceof ModelError)) throw failure
    const names = settings.model === null ? [] : [settings.model]
    return { state: failure.code, ...known, names, quota: connection.quota, message: failure.message }
  }
}
