import { z } from 'zod'

/** The model of a run that asks none. */
export const OFFLINE = 'offline'

/** The KPI that says how complete the catalogue is, in percent. */
export const COMPLETENESS = 'catalogue-completeness'

/** What an extraction is started with. */
export const extractInput = z.strictObject({
  /** Whose files are the data sheets. */
  folder: z.string().min(1),
  /** Where results are kept. */
  out: z.string().min(1),
})

/** What an enrichment is started with. */
export const enrichInput = z.strictObject({
  /** Where the extraction left its results. */
  out: z.string().min(1),
  /** A name that the endpoint knows, or `offline`. */
  model: z.string().min(1).max(200).default(OFFLINE),
  /** Of the texts. */
  language: z.enum(['en', 'fr']).default('en'),
})
