import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Json = Record<string, unknown>
interface Content {
  readonly schema: Json
}
interface ApiOperation {
  readonly operationId: string
  readonly security?: readonly unknown[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>
}

/** One call of the document. */
export interface ApiCall {
  readonly method: string
  /** As the document writes it, with `{id}`. */
  readonly path: string
  readonly id: string
  readonly isPublic: boolean
  readonly hasBody: boolean
  readonly parameters: readonly string[]
  /** `200 application/json`, `204`, `404 not_found` and so on: all that it says it may answer. */
  readonly says: readonly string[]
}

/** What somebody got, and what they had sent. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly type: string | null
  readonly body?: unknown
  readonly sent?: unknown
}

interface Known extends ApiCall {
  readonly operation: ApiOperation
  readonly pattern: RegExp
}

/**
 * Holds a hub against its OpenAPI document: every exchange must be one that the document has, by status, code, type and
 * schema, and no answer may carry a field that the document does not name. Remembers what it has seen.
 */
export class ApiContract {
  readonly calls: readonly ApiCall[]
  readonly #known: readonly Known[]
  readonly #ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }))
  readonly #validators = new Map<Json, ValidateFunction>()
  readonly #seen = new Set<string>()

  constructor(document: unknown) {
    const { paths, components } = document as {
      paths: Record<string, Record<string, ApiOperation>>
      components: { schemas: Record<string, Json> }
    }
    this.#ajv.addSchema({ $id: 'api:', components: { schemas: closed(components.schemas) } })
    this.#known = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => knownOf(path, method.toUpperCase(), operation)),
    )
    this.calls = this.#known
  }

  /** @throws an Error that says what the document does not. Answers the call it was. */
  check(exchange: Exchange): ApiCall {
    const call = this.#find(exchange)
    const said = this.#saidBy(call, exchange)
    this.#seen.add(`${call.id}: ${said}`)
    const sends = call.operation.requestBody?.content['application/json']?.schema
    if (exchange.status < 300 && exchange.sent !== undefined && sends !== undefined) {
      this.#validate(sends, exchange.sent, `${call.id}, its body`)
    }
    return call
  }

  /** What the document says and nobody got yet: `startRun: 409 key_busy`. */
  unseen(): string[] {
    const all = this.#known.flatMap(({ id, says }) => says.map((said) => `${id}: ${said}`))
    return all.filter((said) => !this.#seen.has(said))
  }

  #find({ method, path }: Exchange): Known {
    const bare = path.split('?')[0] as string
    const fits = this.#known.filter((call) => call.method === method && call.pattern.test(bare))
    // `/v1/runs/latest` is also a `/v1/runs/{id}`: the one with fewer holes counts.
    const [call] = fits.sort((a, b) => holes(a.path) - holes(b.path))
    if (call === undefined) throw new Error(`the document has no ${method} ${bare}`)
    return call
  }

  #saidBy(call: Known, { status, type, body }: Exchange): string {
    const response = call.operation.responses[status]
    const bare = type?.split(';')[0] ?? ''
    const code = bare === 'application/problem+json' ? (body as { code: string }).code : undefined
    const said = code === undefined ? [String(status), bare].join(' ').trim() : `${status} ${code}`
    if (response === undefined) throw new Error(`${call.id} answered ${said}, which the document does not say`)
    const content = response.content?.[bare] ?? response.content?.['*/*']
    if (response.content === undefined) return String(status)
    if (content === undefined)
      throw new Error(`${call.id} answered ${status} as ${bare}, which the document does not say`)
    if (bare.endsWith('json') && response.content['*/*'] === undefined)
      this.#validate(content.schema, body, `${call.id} ${said}`)
    return response.content['*/*'] === undefined ? said : `${status} */*`
  }

  #validate(schema: Json, value: unknown, what: string): void {
    const known = this.#validators.get(schema)
    const validator: ValidateFunction = known ?? this.#compile(schema)
    if (!validator(value)) {
      throw new Error(`${what}: ${this.#ajv.errorsText(validator.errors)} in ${JSON.stringify(value).slice(0, 500)}`)
    }
  }

  #compile(schema: Json): ValidateFunction {
    const own = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api:#/')) as Json
    const validator: ValidateFunction = this.#ajv.compile(own)
    this.#validators.set(schema, validator)
    return validator
  }
}

const holes = (path: string): number => path.split('{').length

function knownOf(path: string, method: string, operation: ApiOperation): Known {
  const pattern = new RegExp(`^${path.replace(/\{path\}/, '.*').replace(/\{[a-z]+\}/gi, '[^/]+')}$`)
  const says = Object.entries(operation.responses).flatMap(([status, { content }]) => {
    if (status === 'default') return []
    if (content === undefined) return [status]
    return Object.entries(content).flatMap(([type, { schema }]) =>
      type === 'application/problem+json' ? codesOf(schema).map((code) => `${status} ${code}`) : [`${status} ${type}`],
    )
  })
  return {
    method,
    path,
    id: operation.operationId,
    isPublic: operation.security?.length === 0,
    hasBody: operation.requestBody !== undefined,
    parameters: (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
    says,
    operation,
    pattern,
  }
}

function codesOf(schema: Json): readonly string[] {
  const [, { properties }] = schema['allOf'] as [Json, { properties: { code: { enum: string[] } } }]
  return properties.code.enum
}

/** The same schemas, in which an object has only the fields that are named: a reader may ignore others, we may not. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  const { properties } = schema as Json
  const isObjectSchema = (schema as Json)['type'] === 'object' && typeof properties === 'object'
  return isObjectSchema ? { additionalProperties: false, ...copy } : copy
}
