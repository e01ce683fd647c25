import type { Kpi } from '@monofil/protocol'
import type { Page, PageQuery } from './api.ts'

/** Named values. */
export interface KpisApi {
  /** Sets it whole; answers its version, the same where nothing changed. */
  set(name: string, kpi: NewKpi): Promise<{ readonly version: number }>
  get(name: string): Promise<Kpi>
  /** Those one may read, by name. */
  list(page?: PageQuery): Promise<Page<Kpi>>
  remove(name: string): Promise<void>
}

/** Body of `PUT /v1/kpis/{name}`; what is left out is null. */
export interface NewKpi {
  /** A finite number, or text of at most 1,024 characters. */
  readonly value: number | string
  readonly unit?: string | null | undefined
  /** At most 16 KiB as JSON. */
  readonly data?: unknown
}
