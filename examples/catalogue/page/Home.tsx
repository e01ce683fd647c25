import type { RunState } from '@monofil/protocol'
import { useRuns, useStatus } from '@monofil/react'
import type { ReactNode } from 'react'
import { Completeness } from './Completeness.tsx'
import { Products } from './Products.tsx'
import { Stage, type StageName } from './Stage.tsx'
import { useModel, useShop } from './shop.ts'
import { useWords } from './words.ts'

/** The two stages with their buttons, how complete the catalogue is, and its products. */
export function Home({ onRun }: { readonly onRun: (id: string) => void }): ReactNode {
  const { t } = useWords()
  const shop = useShop()
  const model = useModel()
  const byModel = shop === null || shop.model === 'offline' ? t.offline : shop.model
  const { runs } = useRuns()
  const status = useStatus()
  const newest = (workflow: StageName): RunState | undefined => runs.find((run) => run.workflow === workflow)
  const [extraction, enrichment] = [newest('catalogue-extract'), newest('catalogue-enrich')]
  // Only the two stages are in each other's way: what else the hub runs is not.
  const isActive = (workflow: StageName) => status.running.some((run) => run.workflow === workflow)
  const hasProducts = runs.some(
    (run) => run.workflow === 'catalogue-extract' && (run.status === 'completed' || run.status === 'partial'),
  )
  return (
    <>
      <h1>{t.title}</h1>
      <div className="stages">
        <Stage
          {...{ workflow: 'catalogue-extract', title: t.extract, about: t.extractAbout, start: t.extractStart, onRun }}
          run={extraction}
          input={shop && { folder: shop.folder, out: shop.out }}
          why={isActive('catalogue-enrich') ? t.other['catalogue-enrich'] : null}
        />
        <Stage
          {...{ workflow: 'catalogue-enrich', title: t.enrich, about: t.enrichAbout, start: t.enrichStart, onRun }}
          run={enrichment}
          input={shop && { out: shop.out, model: shop.model, language: shop.language }}
          note={model?.message ?? `${t.model} ${byModel}`}
          why={isActive('catalogue-extract') ? t.other['catalogue-extract'] : hasProducts ? null : t.first}
        />
        <Completeness />
      </div>
      <Products extraction={extraction?.id ?? null} enrichment={enrichment?.id ?? null} />
    </>
  )
}
