import type { ItemList } from '@monofil/client'
import type { Item } from '@monofil/protocol'
import { TextStream } from '@monofil/react'
import type { ReactNode } from 'react'
import { categoryOf } from '../src/categories.ts'
import type { Enriched, Product } from '../src/product.ts'
import { useWords, type Words } from './words.ts'

/** The most rows that are shown: the console has all of a larger run. */
const MOST = 500

/** What became of each document, or what is being written of each product. */
export function Items({ runId, items }: { readonly runId: string; readonly items: ItemList }): ReactNode {
  const { t, locale } = useWords()
  const rows = items.list.filter(({ step }) => step === 'read' || step === 'enrich')
  return (
    <ul className="items">
      {rows.slice(0, MOST).map((item) => (
        <li key={item.id} data-status={item.status}>
          <span className="state">{t.states[item.status]}</span>
          <span className="name">{nameOf(item)}</span>
          <span className="told">
            {item.step === 'enrich' && item.status === 'running' ? (
              <TextStream runId={runId} step="enrich" item={item.id} name="blurb" locale={locale} />
            ) : (
              told(item, t, locale)
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

function nameOf({ id, input }: Item): string {
  if (typeof input === 'string') return input
  return (input as Product | null)?.name ?? id
}

/** Why it failed, or what is known now. */
function told({ error, result }: Item, t: Words, locale: 'en' | 'fr'): string {
  if (error !== null) return error.message
  if (result === null || result === undefined) return ''
  const product = result as Product | Enriched
  if (!('blurb' in product)) return product.name
  return `${categoryOf(product.category)?.name[locale] ?? t.noShelf}: ${product.blurb}`
}
