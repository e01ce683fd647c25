/**
 * A machine whose clock is set: loaded before everything else into hub and worker, it makes `Date` differ from the real
 * one by the ms that the file named by CHAOS_CLOCK holds at that moment. The monotonic clock stays as it is, as on a
 * real machine.
 */
import { openSync, readSync } from 'node:fs'

const path = process.env['CHAOS_CLOCK']
if (path !== undefined) {
  const file = openSync(path, 'r')
  const buffer = Buffer.alloc(32)
  const offset = (): number => Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)))
  const Real = Date
  const now = (): number => Real.now() + offset()
  globalThis.Date = new Proxy(Real, {
    construct: (target, args) => (args.length === 0 ? new target(now()) : Reflect.construct(target, args)),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
}
