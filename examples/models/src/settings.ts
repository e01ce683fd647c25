import { z } from 'zod'
import { ModelError } from './model-error.ts'

/** How an endpoint is asked for JSON: `object` and `schema` by `response_format`, `text` by words alone. */
export type JsonMode = 'object' | 'schema' | 'text'

/** An OpenAI-compatible endpoint and how it is used. */
export interface ModelSettings {
  /** Such as `https://models.example/v1`. */
  readonly url: string
  /** Null: the endpoint needs none. */
  readonly key: string | null
  /** What is asked where a prompt names no model; null: every prompt must. */
  readonly model: string | null
  /** For one whole answer; 60,000 ms when left out. */
  readonly timeoutMs: number
  /** The longest answer in tokens; 800 when left out. */
  readonly maxTokens: number
  readonly json: JsonMode
  /** Per million tokens; null: cost is not known. */
  readonly price: { readonly input: number; readonly output: number; readonly currency: string } | null
}

/** The settings in a few lines, for a command's help. */
export const SETTINGS_HELP = `  MODEL_URL          An OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1. Without it: the offline scorer.
  MODEL_KEY          Its key. Default: none.
  MODEL_NAME         The model that is asked. Default: the first one the endpoint names.
  MODEL_TIMEOUT_MS   For one whole answer. Default: 60000
  MODEL_MAX_TOKENS   The longest answer. Default: 800
  MODEL_JSON         How it is asked for JSON: object, schema (response_format) or text. Default: object
  MODEL_PRICE        Input and output per million tokens and the currency, such as "0.15 0.60 USD". Default: no cost.
`

const environment = z.object({
  MODEL_URL: z.url({ protocol: /^https?$/, error: 'takes an address such as https://models.example/v1' }),
  MODEL_KEY: z.string().min(1).optional(),
  MODEL_NAME: z.string().min(1).optional(),
  MODEL_TIMEOUT_MS: whole(60_000, 1, 3_600_000),
  MODEL_MAX_TOKENS: whole(800, 1, 1_000_000),
  MODEL_JSON: z.enum(['object', 'schema', 'text'], { error: 'takes object, schema or text' }).default('object'),
  MODEL_PRICE: z
    .string()
    .regex(/^\d+(\.\d+)? \d+(\.\d+)? [A-Z]{3}$/, {
      error: 'takes input and output price and a currency, such as "0.15 0.60 USD"',
    })
    .optional(),
})

/**
 * Reads the endpoint out of an environment; null where MODEL_URL is not set.
 * @throws ModelError `bad_settings` that names the setting and what it takes.
 */
export function readModelSettings(env: Readonly<Record<string, string | undefined>>): ModelSettings | null {
  // What is set to nothing is not set.
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in environment.shape && value))
  if (given['MODEL_URL'] === undefined) return null
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new ModelError('bad_settings', `${String(issue?.path[0])} ${issue?.message}.`)
  }
  const { MODEL_URL, MODEL_KEY, MODEL_NAME, MODEL_TIMEOUT_MS, MODEL_MAX_TOKENS, MODEL_JSON, MODEL_PRICE } = parsed.data
  const [input, output, currency = ''] = MODEL_PRICE?.split(' ') ?? []
  return {
    url: MODEL_URL,
    key: MODEL_KEY ?? null,
    model: MODEL_NAME ?? null,
    timeoutMs: MODEL_TIMEOUT_MS,
    maxTokens: MODEL_MAX_TOKENS,
    json: MODEL_JSON,
    price: MODEL_PRICE === undefined ? null : { input: Number(input), output: Number(output), currency },
  }
}

function whole(fallback: number, min: number, max: number) {
  const error = `takes a whole number from ${min} to ${max}`
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error }).default(fallback)
}
