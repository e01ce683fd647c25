import { readdir } from 'node:fs/promises'
import { DocumentError, isDocument, readDocument } from '@monofil/example-documents'
import { connectModel } from '@monofil/example-models'
import { defineWorkflow, NonRetryable } from '@monofil/server/worker'
import { keepExtracted, readExtracted, writeCatalogue } from './catalogue-file.ts'
import { enrich } from './enrich.ts'
import { productOf } from './fields.ts'
import type { Enriched, Product } from './product.ts'
import { COMPLETENESS, enrichInput, extractInput, OFFLINE } from './run-input.ts'

// Read once: a worker's environment does not change while it lives.
const connection = connectModel(process.env)

/** Data sheets become products: what each says of itself, and why those that say nothing do not. */
const extraction = defineWorkflow({
  name: 'catalogue-extract',
  input: extractInput,
  // One at a time, whoever starts it and from wherever.
  exclusive: true,
  steps: (step) => [
    step('list', { weight: 1 }, async (ctx) => {
      const { folder } = ctx.input
      const names = await readdir(folder).catch((error: unknown) => {
        throw new NonRetryable(`There is no folder ${folder} that can be read.`, {
          code: 'folder_missing',
          cause: error,
        })
      })
      const files = names.filter(isDocument).toSorted()
      if (files.length === 0) {
        throw new NonRetryable(`There are no data sheets (PDF, DOCX, TXT) in ${folder}.`, { code: 'no_documents' })
      }
      ctx.log(`${files.length} data sheets in ${folder}`)
      return files
    }),

    step('read', { each: 'list', concurrency: 4, timeoutMs: 60_000, weight: 90 }, async (ctx, file: string) => {
      const { text } = await readDocument(ctx.input.folder, file).catch((error: unknown) => {
        throw error instanceof DocumentError
          ? new NonRetryable(error.message, { code: error.code, cause: error })
          : error
      })
      return productOf(file, text)
    }),

    step('keep', { after: ['read'], weight: 9 }, async (ctx) => {
      const products = await ctx.results<Product>('read').all()
      const failures = await ctx.failures<string>('read').all()
      const unread = failures.map(({ item, error }) => ({ file: item, code: error.code, message: error.message }))
      await keepExtracted(ctx.input.out, { products, unread })
      ctx.log(`${products.length} products, ${unread.length} documents that could not be read`)
      return { products: products.length, unread }
    }),
  ],
})

/** Products get a shelf and a text; how complete the catalogue is then is its KPI. */
const enrichment = defineWorkflow({
  name: 'catalogue-enrich',
  input: enrichInput,
  exclusive: true,
  steps: (step) => [
    step('load', { weight: 1 }, async (ctx) => {
      const extracted = await readExtracted(ctx.input.out)
      if (extracted === undefined || extracted.products.length === 0) {
        throw new NonRetryable('There are no products yet: extract them first.', { code: 'not_extracted' })
      }
      if (ctx.input.model !== OFFLINE && connection === null) {
        throw new NonRetryable(`The run asks for ${ctx.input.model}, and no endpoint is set (MODEL_URL).`, {
          code: 'no_model',
        })
      }
      return extracted.products
    }),

    step(
      'enrich',
      {
        each: 'load',
        concurrency: 3,
        rate: '10/s',
        retry: { retries: 2, minMs: 500, maxMs: 5_000 },
        timeoutMs: 300_000,
        weight: 98,
      },
      async (ctx, product: Product): Promise<Enriched> => {
        const text = ctx.text('blurb')
        return enrich(product, {
          model: ctx.input.model === OFFLINE ? null : connection,
          modelName: ctx.input.model,
          language: ctx.input.language,
          signal: ctx.signal,
          onText: (piece) => text.write(piece),
          onSpent(spent) {
            if (spent === null) return
            const { model, inputTokens, outputTokens, cost, currency } = spent
            const price = cost === null || currency === null ? {} : { cost: cost.toFixed(6), currency }
            ctx.usage({ tokens: inputTokens + outputTokens, model, ...price })
          },
        })
      },
    ),

    step('publish', { after: ['enrich'], weight: 1 }, async (ctx) => {
      const products = await ctx.results<Enriched>('enrich').all()
      await writeCatalogue(ctx.input.out, products)
      const completeness = meanOf(products.map((product) => product.completeness))
      ctx.kpi(COMPLETENESS, completeness, { unit: '%' })
      ctx.log(`The catalogue has ${products.length} products and is ${completeness} % complete`)
      return { products: products.length, completeness, shelves: shelvesOf(products) }
    }),
  ],
})

// The worker takes a file's default export for its workflows.
export default [extraction, enrichment]

/** Whole percent; 0 of nothing. */
function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.round(values.reduce((sum, value) => sum + value, 0) / values.length)
}

function shelvesOf(products: readonly Enriched[]): Record<string, number> {
  const shelves: Record<string, number> = {}
  for (const { category } of products) shelves[category ?? 'none'] = (shelves[category ?? 'none'] ?? 0) + 1
  return shelves
}
