import type { KpiView } from '@monofil/client'
import { useMemo } from 'react'
import { useClient } from './MonofilProvider.tsx'
import { useWatched } from './use-watched.ts'

/** A KPI, live; `kpi` is null while there is none of this name. */
export function useKpi(name: string): KpiView {
  const client = useClient()
  return useWatched(useMemo(() => client.kpi(name), [client, name]))
}
