import { isLabel, MonofilError, type UsageDelta } from '@monofil/protocol'
import { parseMoney } from '../runs/usage.ts'
import type { UsageReport } from './context.ts'

const KNOWN = ['tokens', 'cost', 'currency', 'model']

/** What a handler said it used, as the store takes it. @throws `invalid_request` with `field`. */
export function usageDelta(step: string, used: UsageReport): UsageDelta {
  if (typeof used !== 'object' || used === null)
    throw mistake(step, 'usage', 'an object such as { tokens: 1200 }', used)
  const unknown = Object.keys(used).find((key) => !KNOWN.includes(key))
  if (unknown !== undefined) throw mistake(step, unknown, `one of ${KNOWN.join(', ')}`, unknown)
  const { tokens, currency, model } = used
  const cost = costOf(step, used.cost)
  if (tokens === undefined && cost === undefined) throw mistake(step, 'tokens', 'given, or cost', tokens)
  if (tokens !== undefined && !(Number.isSafeInteger(tokens) && tokens >= 0)) {
    throw mistake(step, 'tokens', 'a whole number from 0', tokens)
  }
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) {
    throw mistake(step, 'currency', 'an ISO 4217 code such as USD', currency)
  }
  if (model !== undefined && !isLabel(model)) throw mistake(step, 'model', '1 to 128 printable characters', model)
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(cost === undefined ? {} : { cost }),
    ...(currency === undefined ? {} : { currency }),
    ...(model === undefined ? {} : { model }),
  }
}

function costOf(step: string, cost: unknown): string | undefined {
  if (cost === undefined) return undefined
  const text = typeof cost === 'number' && Number.isFinite(cost) ? cost.toFixed(6) : cost
  if (typeof text === 'string' && parseMoney(text) !== undefined) return text
  throw mistake(step, 'cost', 'a decimal number from 0 with at most 6 places', cost)
}

function mistake(step: string, field: string, accepted: string, value: unknown): MonofilError {
  const message = `Step "${step}" said ctx.usage with ${field} ${JSON.stringify(value) ?? String(value)}: it must be ${accepted}.`
  return new MonofilError('invalid_request', message, { field })
}
