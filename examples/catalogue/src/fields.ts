import type { Product } from './product.ts'

/** How data sheets name what we look for, in English and French. */
const LABELS = {
  sku: ['SKU', 'Reference', 'Référence'],
  price: ['Price', 'Prix'],
  material: ['Material', 'Matière'],
  size: ['Size', 'Dimensions'],
  weight: ['Weight', 'Poids'],
  colour: ['Colour', 'Color', 'Couleur'],
  description: ['Description'],
} as const

type Field = keyof typeof LABELS

const CURRENCIES: Readonly<Record<string, string>> = {
  '€': 'EUR',
  $: 'USD',
  '£': 'GBP',
  EUR: 'EUR',
  USD: 'USD',
  GBP: 'GBP',
}
const FIELDS = Object.keys(LABELS) as readonly Field[]
const LINE = new RegExp(`^[\\s•·*-]*(${FIELDS.flatMap((field) => LABELS[field]).join('|')})\\s*:\\s*(.+)$`, 'iu')

/** Reads a data sheet: its first line is the name, `Label: value` lines are the facts. What it does not say is null. */
export function productOf(file: string, text: string): Product {
  const [name = file, ...lines] = text.split('\n')
  const found = new Map<Field, string>()
  for (const line of lines) {
    const [, label = '', value = ''] = LINE.exec(line) ?? []
    const field = FIELDS.find((each) => LABELS[each].some((known) => known.toLowerCase() === label.toLowerCase()))
    if (field !== undefined && !found.has(field)) found.set(field, value.trim())
  }
  const get = (field: Field): string | null => found.get(field) ?? null
  return {
    file,
    name,
    sku: get('sku'),
    ...moneyOf(get('price')),
    material: get('material'),
    size: get('size'),
    weight: get('weight'),
    colour: get('colour'),
    description: get('description') ?? '',
  }
}

/** `49,90 €`, `$49.90` and `EUR 49.90` are one price. */
function moneyOf(text: string | null): { readonly price: string | null; readonly currency: string | null } {
  const amount = /\d+(?:[.,]\d{1,2})?/.exec(text ?? '')?.[0]
  if (text === null || amount === undefined) return { price: null, currency: null }
  const sign = Object.keys(CURRENCIES).find((each) => text.toUpperCase().includes(each))
  const [whole = '0', part = ''] = amount.split(/[.,]/)
  return {
    price: `${whole}.${part.padEnd(2, '0')}`,
    currency: sign === undefined ? null : (CURRENCIES[sign] ?? null),
  }
}
