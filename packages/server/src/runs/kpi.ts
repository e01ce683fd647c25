import { isId, isLabel, MonofilError } from '@monofil/protocol'
import type { NewKpi } from '../seams/kpi-store.ts'

/** The longest value that is text, in characters. */
export const MAX_KPI_CHARS = 1_024
/** The most of a KPI's data, as JSON in UTF-8. */
export const MAX_KPI_BYTES = 16 * 1024
/** How many KPIs there are, where no setting says otherwise. */
export const MAX_KPIS = 10_000

/** @throws `invalid_request` with `field` for what is no KPI, `too_large` for its data. */
export function checkKpi({ name, value, unit, dataJson }: NewKpi): void {
  const refuse = (field: string, what: string): never => {
    throw new MonofilError('invalid_request', `KPI ${JSON.stringify(name)}: ${what}`, { field })
  }
  if (!isId(name))
    refuse('name', 'its name is an id: 1 to 128 of A-Z a-z 0-9 . _ : - and begins with a letter or digit')
  const isValue = typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string'
  if (!isValue) refuse('value', 'its value is a finite number or text')
  if (typeof value === 'string' && value.length > MAX_KPI_CHARS) {
    refuse('value', `its value has ${value.length} characters, over ${MAX_KPI_CHARS}: put the rest into data`)
  }
  if (unit !== undefined && unit !== null && !isLabel(unit)) refuse('unit', 'its unit is 1 to 128 printable characters')
  const bytes = dataJson === undefined || dataJson === null ? 0 : Buffer.byteLength(dataJson)
  if (bytes > MAX_KPI_BYTES) {
    const message = `KPI ${name}: its data has ${bytes} bytes as JSON, over ${MAX_KPI_BYTES}`
    throw new MonofilError('too_large', message, { field: 'data' })
  }
}
