import type { Item } from '@monofil/protocol'
import { useRun } from '@monofil/react'
import type { ReactNode } from 'react'
import { categoryOf } from '../src/categories.ts'
import type { Enriched, Product } from '../src/product.ts'
import { useWords } from './words.ts'

interface ProductsProps {
  readonly extraction: string | null
  readonly enrichment: string | null
}

/** The products of the newest runs as a table that fills while they go on. */
export function Products({ extraction, enrichment }: ProductsProps): ReactNode {
  const { t, locale } = useWords()
  const extracted = useRun(extraction)
  const enriched = useRun(enrichment)
  const known = new Map<string, Product | Enriched>()
  for (const product of resultsOf<Product>(extracted.items.list, 'read')) known.set(product.file, product)
  for (const product of resultsOf<Enriched>(enriched.items.list, 'enrich')) known.set(product.file, product)
  const products = [...known.values()].toSorted((a, b) => a.name.localeCompare(b.name, locale))
  const unread = extracted.items.list.filter(({ step, status }) => step === 'read' && status === 'failed')
  const count = new Intl.NumberFormat(locale)
  return (
    <section className="card" aria-label={t.products}>
      <h2>
        {t.products} <span className="muted">{count.format(products.length)}</span>
        {unread.length > 0 && (
          <span className="unread" title={unread.map(({ error }) => error?.message).join('\n')}>
            {t.unread(count.format(unread.length))}
          </span>
        )}
      </h2>
      {products.length === 0 ? <p className="muted">{t.empty}</p> : <Table products={products} />}
    </section>
  )
}

function Table({ products }: { readonly products: readonly (Product | Enriched)[] }): ReactNode {
  const { t } = useWords()
  const { name, shelf, price, text, complete } = t.columns
  return (
    // A table wider than a phone scrolls in its own box, which a keyboard has to reach.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable
    <section className="wide" tabIndex={0} aria-label={t.products}>
      <table>
        <thead>
          <tr>
            <th scope="col">{name}</th>
            <th scope="col">{shelf}</th>
            <th scope="col" className="number">
              {price}
            </th>
            <th scope="col">{text}</th>
            <th scope="col" className="number">
              {complete}
            </th>
          </tr>
        </thead>
        <tbody>
          {products.map((product) => (
            <Row key={product.file} product={product} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ product }: { readonly product: Product | Enriched }): ReactNode {
  const { t, locale } = useWords()
  const made = 'completeness' in product ? product : null
  return (
    <tr>
      <th scope="row" title={product.file}>
        {product.name}
      </th>
      <td>{made === null ? '' : (categoryOf(made.category)?.name[locale] ?? t.noShelf)}</td>
      <td className="number">{priceOf(product, locale)}</td>
      <td className="text">{made?.blurb ?? product.description}</td>
      <td className="number">{made === null ? '' : percent(made.completeness, locale)}</td>
    </tr>
  )
}

function priceOf({ price, currency }: Product, locale: string): string {
  if (price === null) return '–'
  const style = currency === null ? {} : ({ style: 'currency', currency } as const)
  return new Intl.NumberFormat(locale, style).format(Number(price))
}

function percent(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(value / 100)
}

function resultsOf<Result>(items: readonly Item[], name: string): readonly Result[] {
  return items.flatMap(({ step, status, result }) =>
    step === name && status === 'completed' && result !== null ? [result as Result] : [],
  )
}
