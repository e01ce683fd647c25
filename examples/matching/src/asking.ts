import { type Answer, forWorker, type ModelConnection, ModelError } from '@monofil/example-models'
import { NonRetryable } from '@monofil/server/worker'
import { CvError } from './cv-error.ts'
import { OFFLINE } from './run-input.ts'
import type { Telling } from './telling.ts'

/** The model that a run asks; null: it asks none. @throws ModelError where it names one and there is no endpoint. */
export function modelFor(connection: ModelConnection | null, name: string): ModelConnection | null {
  if (name === OFFLINE) return null
  if (connection !== null) return connection
  throw new ModelError('bad_settings', `The run asks the model ${name}, but MODEL_URL is not set.`)
}

/** Asks, and reports what it cost, whatever came of it. */
export async function asked<Value>(telling: Telling, call: Promise<Answer<Value>>): Promise<Value> {
  try {
    const { value, spent } = await call
    telling.spent(spent)
    return value
  } catch (error) {
    if (error instanceof ModelError) telling.spent(error.spent)
    throw error
  }
}

/** Runs a handler's work, its failures as the worker is to take them: a CV that cannot be read is not tried again. */
export async function inStep<T>(work: () => Promise<T> | T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CvError) throw new NonRetryable(error.message, { code: error.code, cause: error })
    throw forWorker(error)
  }
}
