import { type ErrorCode, type ErrorDetails, MonofilError, STATUS } from '@monofil/protocol'
import type { BusMessage } from '../seams/bus.ts'

/** Both ends must speak the same version: arguments cross unparsed, so a mixed installation is refused at the hello. */
export const SOCKET_VERSION = 4

/** What a caller says to the owner. */
export type CallerFrame =
  | { readonly kind: 'hello'; readonly version: number; readonly worker: string | null }
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'listen'; readonly on: boolean }
  | { readonly kind: 'join'; readonly id: number; readonly topic: string }
  | { readonly kind: 'leave'; readonly topic: string }
  | { readonly kind: 'publish'; readonly message: BusMessage }

/** An error as it crosses the socket. */
export interface WireError {
  readonly code: string
  readonly message: string
  readonly details: ErrorDetails
}

/** What the owner says to a caller. `value` is missing where a call answers undefined. */
export type OwnerFrame =
  | { readonly kind: 'hello'; readonly version: number; readonly epoch: string }
  | { readonly kind: 'refused'; readonly error: WireError }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'bus'; readonly message: BusMessage }
  | { readonly kind: 'wake'; readonly seq: number; readonly work: boolean; readonly revoked: readonly number[] }

const CALLER_KINDS: ReadonlySet<unknown> = new Set(['hello', 'call', 'listen', 'join', 'leave', 'publish'])
const OWNER_KINDS: ReadonlySet<unknown> = new Set(['hello', 'refused', 'answer', 'error', 'bus', 'wake'])

/** Reads a caller's frame. @throws `invalid_request` for text that is no frame. */
export function parseCallerFrame(text: string): CallerFrame {
  const frame = parseObject(text)
  const { kind } = frame
  if (!CALLER_KINDS.has(kind)) throw noFrame(`unknown kind ${String(kind)}`)
  if ((kind === 'call' || kind === 'join') && !Number.isSafeInteger(frame['id'])) throw noFrame('a call without an id')
  if (kind === 'call' && (typeof frame['method'] !== 'string' || !Array.isArray(frame['args']))) {
    throw noFrame('a call without method or arguments')
  }
  if ((kind === 'join' || kind === 'leave') && typeof frame['topic'] !== 'string') throw noFrame('no topic')
  if (kind === 'hello' && frame['worker'] !== null && typeof frame['worker'] !== 'string')
    throw noFrame('bad worker id')
  return frame as unknown as CallerFrame
}

/** Reads an owner's frame. @throws `invalid_request` for text that is no frame. */
export function parseOwnerFrame(text: string): OwnerFrame {
  const frame = parseObject(text)
  if (!OWNER_KINDS.has(frame['kind'])) throw noFrame(`unknown kind ${String(frame['kind'])}`)
  return frame as unknown as OwnerFrame
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw noFrame('not JSON', cause)
  }
  if (typeof value !== 'object' || value === null) throw noFrame('not an object')
  return value as Record<string, unknown>
}

function noFrame(why: string, cause?: unknown): MonofilError {
  return new MonofilError('invalid_request', `The local socket received what is no frame of Monofil: ${why}.`, {
    cause,
  })
}

/** An error as it travels; what is no `MonofilError` becomes `internal` and keeps its words to itself. */
export function toWireError(error: unknown): WireError {
  if (MonofilError.is(error)) return { code: error.code, message: error.message, details: error.details }
  return { code: 'internal', message: "The store's owner failed on this call; its log says why.", details: {} }
}

/** The error on the caller's side, with the same code, message and details. */
export function fromWireError(wire: WireError): MonofilError {
  const code: ErrorCode = Object.hasOwn(STATUS, wire.code) ? (wire.code as ErrorCode) : 'internal'
  return new MonofilError(code, wire.message, wire.details)
}
