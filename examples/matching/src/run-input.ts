import { z } from 'zod'
import { MAX_CVS } from './list.ts'
import { PROJECTS } from './projects.ts'

/** The model of a run that asks none. */
export const OFFLINE = 'offline'

/** What a run of matching is started with. */
export const runInput = z.strictObject({
  project: z.enum(PROJECTS.map(({ id }) => id)),
  /** How many of those who pass are looked at closely. */
  top: z.int().min(1).max(50),
  /** A name that the endpoint knows, or `offline`. */
  model: z.string().min(1).max(200),
  /** Whose files are the CVs. */
  folder: z.string().min(1),
  /** Names in it; all of its CVs when left out. */
  files: z.array(z.string().min(1).max(255)).min(1).max(MAX_CVS).optional(),
  /** Of the reasons. */
  language: z.enum(['en', 'fr']).default('en'),
})

export type RunInput = z.output<typeof runInput>
