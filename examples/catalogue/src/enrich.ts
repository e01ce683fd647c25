import { forWorker, type ModelConnection, rank } from '@monofil/example-models'
import { z } from 'zod'
import { CATEGORIES } from './categories.ts'
import { completenessOf, type Enriched, type Product } from './product.ts'

/** Below this likeness (of 100) to every category's words a product is in none: nothing is invented. */
const LEAST = 4

const shelf = z.object({ category: z.enum(CATEGORIES.map(({ id }) => id)).nullable() })

/** Who judges and writes, and who is told of it. */
export interface Enriching {
  /** Null: offline. */
  readonly model: ModelConnection | null
  readonly modelName: string
  readonly language: 'en' | 'fr'
  readonly signal: AbortSignal
  /** Each piece of the blurb as it is written. */
  readonly onText: (piece: string) => void
  /** What a call of the model cost. */
  readonly onSpent: (spent: Spent | null) => void
}

type Spent = NonNullable<Awaited<ReturnType<ModelConnection['write']>>['spent']>

/**
 * Finds a product's shelf and writes its lines for the shop: by the model, else by its own words.
 * @throws what `forWorker` makes of the model's failures.
 */
export async function enrich(product: Product, how: Enriching): Promise<Enriched> {
  try {
    const { model } = how
    const category = model === null ? shelfOf(product) : await askShelf(product, model, how)
    const blurb = model === null ? write(product, how) : await askBlurb(product, model, how)
    return { ...product, category, blurb, by: how.modelName, completeness: completenessOf(product, category) }
  } catch (error) {
    throw forWorker(error)
  }
}

/** The category whose words the product's are most like (BM25); null where none is near. */
export function shelfOf({ name, description }: Product): string | null {
  const words = new Map(CATEGORIES.map(({ id, words }) => [id, words]))
  const [best] = rank(`${name} ${description}`, words)
  return best !== undefined && best.score >= LEAST ? best.id : null
}

async function askShelf(product: Product, model: ModelConnection, how: Enriching): Promise<string | null> {
  const shelves = CATEGORIES.map(({ id, name }) => `${id} (${name.en})`).join(', ')
  const { value, spent } = await model.ask(
    {
      system: `You put products of a furniture shop on its shelves: ${shelves}. Say null where none fits.`,
      ...{ user: factsOf(product), model: how.modelName, signal: how.signal },
    },
    shelf,
  )
  how.onSpent(spent)
  return value.category
}

async function askBlurb(product: Product, model: ModelConnection, how: Enriching): Promise<string> {
  const language = how.language === 'fr' ? 'French' : 'English'
  const { value, spent } = await model.write(
    {
      system: `Write two sentences in ${language} for a shop's page. Use only the facts given; invent nothing.`,
      ...{ user: factsOf(product), model: how.modelName, signal: how.signal },
    },
    how.onText,
  )
  how.onSpent(spent)
  return value
}

/** Offline: the facts in sentences, word by word, as a model would send them. */
function write(product: Product, { language, onText }: Enriching): string {
  const blurb = sentences(product, language)
  for (const piece of blurb.match(/\S+\s*/g) ?? []) onText(piece)
  return blurb
}

function sentences({ name, material, colour, size, description }: Product, language: 'en' | 'fr'): string {
  const isFrench = language === 'fr'
  const facts = [
    material === null ? null : `${isFrench ? 'en' : 'of'} ${material}`,
    colour === null ? null : `${isFrench ? 'couleur' : 'in'} ${colour}`,
    size === null ? null : `(${size})`,
  ].filter((fact) => fact !== null)
  const first = [name, ...facts].join(' ')
  return [`${first}.`, description].filter((part) => part !== '').join(' ')
}

/** Only what the data sheet says: the model has nothing else to write of. */
function factsOf({ file: _, ...facts }: Product): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== '')
    .map(([field, value]) => `${field}: ${value}`)
    .join('\n')
}
