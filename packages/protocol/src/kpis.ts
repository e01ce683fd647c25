/** A named value as it is now: the data of topic `kpi:{name}`, and what REST answers. */
export interface Kpi {
  readonly name: string
  readonly value: number | string
  readonly unit: string | null
  /** Whatever belongs to the value; null where nothing was given. */
  readonly data: unknown
  /** Grows with each change of value, unit or data, also over a deletion. */
  readonly version: number
  /** When it changed last, ISO 8601. */
  readonly at: string
}

/** A KPI that was set; `kpi` null: deleted. */
export interface KpiChange {
  readonly name: string
  readonly version: number
  readonly kpi: Kpi | null
}

/** The topic of a KPI. */
export function topicOfKpi(name: string): string {
  return `kpi:${name}`
}

/** The KPI a topic `kpi:{name}` shows, or undefined. */
export function kpiOfTopic(topic: string): string | undefined {
  return topic.startsWith('kpi:') ? topic.slice(4) : undefined
}
