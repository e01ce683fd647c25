import { OpenAI } from 'openai'
import { z } from 'zod'
import { failureOf, slow } from './failure.ts'
import { ModelError } from './model-error.ts'
import { type ModelSettings, readModelSettings } from './settings.ts'
import { type Answer, type Spent, spentOf } from './spent.ts'

/** What a model is asked. */
export interface Prompt {
  /** Who the model is to be, and the form of its answer. */
  readonly system: string
  readonly user: string
  /** Default: the settings' model. */
  readonly model?: string | undefined
  /** Ends the call; its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

/** Whether the account behind the key had something left when it was last used. */
export type Quota = 'unknown' | 'left' | 'exhausted'

/**
 * The endpoint that the environment names, or null where it names none and the offline scorer does the work. Asks
 * nothing of the network yet.
 * @throws ModelError `bad_settings` that names the setting.
 */
export function connectModel(env: Readonly<Record<string, string | undefined>>): ModelConnection | null {
  const settings = readModelSettings(env)
  return settings === null ? null : new ModelConnection(settings)
}

/**
 * Asks an OpenAI-compatible endpoint. One call is one request: nothing is tried again here, since the ledger of runs
 * does that, where it is seen, counted and survives a crash.
 */
export class ModelConnection {
  readonly settings: ModelSettings
  readonly #client: OpenAI
  #quota: Quota = 'unknown'

  constructor(settings: ModelSettings) {
    this.settings = settings
    this.#client = new OpenAI({
      baseURL: settings.url,
      apiKey: settings.key ?? 'none',
      timeout: settings.timeoutMs,
      maxRetries: 0,
      logLevel: 'off',
      // What the package would else read from the environment on its own.
      ...{ organization: null, project: null, adminAPIKey: null, webhookSecret: null },
    })
  }

  /** What the last call said of the account. */
  get quota(): Quota {
    return this.#quota
  }

  /**
   * An answer as JSON that fits the schema.
   * @throws ModelError; `bad_answer` for what is no JSON or does not fit. The signal's reason when it aborts.
   */
  async ask<Schema extends z.ZodType>(prompt: Prompt, schema: Schema): Promise<Answer<z.output<Schema>>> {
    const shape = JSON.stringify(z.toJSONSchema(schema))
    const system = `${prompt.system}\nAnswer with one JSON object that fits this JSON Schema, and nothing else:\n${shape}`
    const { text, spent } = await this.#call(prompt, system, (common, options) =>
      this.#whole({ ...common, ...this.#format(schema) }, options),
    )
    const parsed = schema.safeParse(jsonIn(text))
    if (parsed.success) return { value: parsed.data, spent }
    const issue = parsed.error.issues[0]
    const where = issue?.path.length ? ` at ${issue.path.join('.')}` : ''
    throw new ModelError('bad_answer', `The model's answer does not fit${where}: ${issue?.message}.`, { spent })
  }

  /**
   * An answer as text, each piece handed to `onText` as it comes. An answer that ends in the middle is no answer:
   * what was handed over of it is void.
   * @throws ModelError. The signal's reason when it aborts.
   */
  async write(prompt: Prompt, onText: (piece: string) => void = () => {}): Promise<Answer<string>> {
    const { text, spent } = await this.#call(prompt, prompt.system, (common, options) =>
      this.#streamed(common, options, onText),
    )
    return { value: text, spent }
  }

  /** The names of the endpoint's models, sorted. @throws ModelError. */
  async names(signal?: AbortSignal): Promise<readonly string[]> {
    const names = await this.#within('list of models', signal, async (within) => {
      const { data } = await this.#client.models.list({ signal: within })
      return data.map(({ id }) => id)
    })
    return names.toSorted()
  }

  async #call(
    { user, model = this.settings.model ?? undefined, signal }: Prompt,
    system: string,
    request: (common: Common, options: { readonly signal: AbortSignal }) => Promise<Told>,
  ): Promise<Told> {
    if (model === undefined) {
      throw new ModelError('bad_settings', 'No model was named, neither by the run nor by MODEL_NAME.')
    }
    const messages = [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ] as const
    const common = { model, messages: [...messages], max_tokens: this.settings.maxTokens, temperature: 0 }
    const told = await this.#within(model, signal, (within) => request(common, { signal: within }))
    this.#quota = 'left'
    if (told.end === 'length') {
      throw new ModelError('too_long', `The answer of ${model} was cut at ${this.settings.maxTokens} tokens.`, told)
    }
    if (told.end === null) throw new ModelError('stream_cut', `The answer of ${model} ended before its end.`, told)
    return told
  }

  async #whole(body: Common & Pick<Body, 'response_format'>, options: { readonly signal: AbortSignal }): Promise<Told> {
    const { choices, usage } = await this.#client.chat.completions.create(body, options)
    const [choice] = choices ?? []
    const spent = spentOf(this.settings, body.model, usage)
    return { text: choice?.message?.content ?? '', end: choice?.finish_reason ?? null, spent }
  }

  async #streamed(
    common: Common,
    options: { readonly signal: AbortSignal },
    onText: (piece: string) => void,
  ): Promise<Told> {
    const body = { ...common, stream: true, stream_options: { include_usage: true } } as const
    let told: Told = { text: '', end: null, spent: null }
    for await (const { choices, usage } of await this.#client.chat.completions.create(body, options)) {
      const [choice] = choices ?? []
      const piece = choice?.delta?.content ?? ''
      if (piece !== '') onText(piece)
      told = {
        text: told.text + piece,
        end: choice?.finish_reason ?? told.end,
        spent: spentOf(this.settings, common.model, usage) ?? told.spent,
      }
    }
    return told
  }

  /** Runs a request under the deadline, its failure in words. */
  async #within<T>(
    what: string,
    signal: AbortSignal | undefined,
    request: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const deadline = AbortSignal.timeout(this.settings.timeoutMs)
    try {
      return await request(signal === undefined ? deadline : AbortSignal.any([signal, deadline]))
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      const failure = deadline.aborted ? slow(this.settings, what, error) : failureOf(error, this.settings, what)
      if (failure.code === 'quota_exhausted') this.#quota = 'exhausted'
      throw failure
    }
  }

  #format(schema: z.ZodType): Pick<Body, 'response_format'> {
    if (this.settings.json === 'text') return {}
    if (this.settings.json === 'object') return { response_format: { type: 'json_object' } }
    const inSchema = z.toJSONSchema(schema) as Record<string, unknown>
    return { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: inSchema } } }
  }
}

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming
type Common = Pick<Body, 'model' | 'messages' | 'max_tokens' | 'temperature'>

/** What came of a request; `end` null: nothing said that it is whole. */
interface Told {
  readonly text: string
  readonly end: string | null
  readonly spent: Spent | null
}

/** The JSON of an answer, also where a model wrapped it in words or a fence; undefined where there is none. */
function jsonIn(text: string): unknown {
  const from = text.indexOf('{')
  const to = text.lastIndexOf('}')
  if (from < 0 || to < from) return undefined
  try {
    return JSON.parse(text.slice(from, to + 1))
  } catch {
    return undefined
  }
}
