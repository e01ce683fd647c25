import { z } from 'zod'
import { isId, isLabel, isTopic } from '../ids.ts'

/** An id (protocol 1). */
export const id = z
  .string()
  .refine(isId, 'an id is 1 to 128 of A-Z a-z 0-9 . _ : - and begins with a letter or digit')
  // A guard says nothing to JSON Schema; what it means is said beside it.
  .meta({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$' })

/** A topic (protocol 1). */
export const topic = z
  .string()
  .refine(isTopic, 'a topic is 1 to 256 of A-Z a-z 0-9 . _ : / @ ~ + = , - and begins with a letter or digit')
  .meta({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@~+=,-]{0,255}$' })

/** An event type, tag, role or marker. */
export const label = z
  .string()
  .refine(isLabel, '1 to 128 printable characters')
  .meta({ minLength: 1, maxLength: 128, description: 'Printable characters.' })

/** A whole number of milliseconds. */
export const durationMs = z.int().min(0)

/** A decimal string with at most 6 places. */
export const money = z.string().regex(/^\d{1,15}(\.\d{1,6})?$/, 'a decimal number as a string, at most 6 places')

/** ISO 8601 with an offset or Z. */
export const time = z.iso.datetime({ offset: true })

/** Anything JSON can hold. */
export const json = z.json()
