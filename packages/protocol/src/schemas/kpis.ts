import { z } from 'zod'
import { json, label } from './primitives.ts'

/** Body of `PUT /v1/kpis/{name}`: the KPI whole, so what is left out is null. */
export const newKpi = z.strictObject({
  value: z.union([z.number(), z.string().max(1024)]),
  unit: label.nullable().optional(),
  data: json.optional(),
})
