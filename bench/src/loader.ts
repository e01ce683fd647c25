import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const SOURCE = resolve(import.meta.dirname, '../../../shared/bench/sseload.c')

/**
 * Path of the load client: SSELOAD, else compiled from the C source beside the checkout. It is written in C so that
 * the client is not what is measured.
 */
export function loadClient(): string {
  const named = process.env['SSELOAD']
  if (named !== undefined) return named
  if (!existsSync(SOURCE))
    throw new Error(`no load client: set SSELOAD to the built sseload, or put its source at ${SOURCE}`)
  const binary = join(mkdtempSync(join(tmpdir(), 'monofil-bench-')), 'sseload')
  execFileSync('gcc', ['-O3', '-march=native', '-o', binary, SOURCE])
  return binary
}

/** What the load client says of one run; see its README for the units. */
export interface LoadResult {
  readonly del_s: number
  readonly conn_s: number
  readonly kb_conn: number
  readonly cli: number
  readonly srv: number
  /** CPU cores that the server used while the streams were opened. */
  readonly conn_srvcpu: number
  readonly conn_err: number
  readonly closed: number
  readonly pub_s?: number
  readonly pub_err?: number
  readonly ack_p50?: number
  readonly ack_p99?: number
  readonly fan_p50?: number
}
