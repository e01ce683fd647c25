import { type About, PAGE } from './about.ts'

const READS = 'A `topics` pattern that covers `kpi:{name}`, admin'
const SETS = '`kpi:{name}` in `publish`, admin'

/** Named values. */
export const KPIS = {
  set: {
    id: 'setKpi',
    tag: 'Topics',
    summary: 'Set a KPI; the same again changes nothing',
    right: SETS,
    body: 'NewKpi',
    answers: { 200: { description: 'Its version, the same where nothing changed.', schema: 'KpiVersion' } },
    errors: ['store_full', 'store_unavailable'],
  },
  get: {
    id: 'getKpi',
    tag: 'Topics',
    summary: 'One KPI',
    right: READS,
    answers: { 200: { description: 'As it is now.', schema: 'Kpi' } },
    errors: ['not_found', 'store_unavailable'],
  },
  list: {
    id: 'listKpis',
    tag: 'Topics',
    summary: 'KPIs one may read, by name',
    right: 'Shows what one may see',
    parameters: PAGE,
    answers: { 200: { description: 'A page of KPIs.', schema: 'KpiList' } },
    errors: ['invalid_request', 'store_unavailable'],
  },
  remove: {
    id: 'deleteKpi',
    tag: 'Topics',
    summary: 'Delete a KPI',
    right: SETS,
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found', 'store_unavailable'],
  },
} as const satisfies Readonly<Record<string, About>>
