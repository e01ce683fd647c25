/** What a data sheet says of a product; null where it does not. */
export interface Product {
  /** The document's name. */
  readonly file: string
  readonly name: string
  readonly sku: string | null
  /** A decimal with a point, as `49.90`. */
  readonly price: string | null
  readonly currency: string | null
  readonly material: string | null
  readonly size: string | null
  readonly weight: string | null
  readonly colour: string | null
  readonly description: string
}

/** A product with what was made of it. */
export interface Enriched extends Product {
  /** The id of one of `CATEGORIES`; null where nothing fits. */
  readonly category: string | null
  /** What was written of it for the shop. */
  readonly blurb: string
  /** Who wrote and judged: a model's name, or `offline`. */
  readonly by: string
  /** 0 to 100: how much of what a shop wants to know is known. */
  readonly completeness: number
}

const WANTED = ['sku', 'price', 'material', 'size', 'weight', 'colour'] as const

/** How much of what a shop wants to know is known, in percent, whole. */
export function completenessOf(product: Product, category: string | null): number {
  const known = WANTED.filter((field) => product[field] !== null).length + (category === null ? 0 : 1)
  return Math.round((known / (WANTED.length + 1)) * 100)
}
