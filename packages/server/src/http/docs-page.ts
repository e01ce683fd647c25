import { createHash } from 'node:crypto'
import type { Plain } from './about.ts'
import { DOCS_SCRIPT, DOCS_STYLE } from './docs-style.ts'

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Only the page's own script and style, known by their hashes, and no request at all. */
export const DOCS_POLICY =
  `default-src 'none'; script-src ${hash(DOCS_SCRIPT)}; style-src ${hash(DOCS_STYLE)}; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly description?: string
  readonly format?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>
interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>
}
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const inHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
/** Plain text in which `code` is code. */
const prose = (text: string): string => inHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')

/** The OpenAPI document as one page: no request but its own, nothing from another host. */
export function docsPage(plain: Plain): string {
  const { info, paths, components } = plain as unknown as Document
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const tags = [...new Set(calls.map(({ operation }) => operation.tags[0] ?? ''))]
  const sections = tags.map((tag) => {
    const own = calls.filter(({ operation }) => operation.tags[0] === tag)
    return `<section><h2>${inHtml(tag)}</h2>${own.map(callPart).join('')}</section>`
  })
  const schemas = Object.entries(components.schemas).map(([name, schema]) => schemaPart(name, schema))
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${inHtml(info.title)} HTTP API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${DOCS_STYLE}</style></head><body>
<header><h1>${inHtml(info.title)} HTTP API</h1><input type="search" aria-label="Search" placeholder="Search calls and schemas">
<a href="/openapi.json">openapi.json</a></header>
<main><p>${prose(info.description)} Protocol version ${inHtml(info.version)}.</p><p id="none" hidden>Nothing has these words.</p>
${sections.join('\n')}<section><h2>Schemas</h2>${schemas.join('')}</section></main><script>${DOCS_SCRIPT}</script></body></html>`
}

function callPart(call: { path: string; method: string; operation: Operation }): string {
  const { path, method, operation } = call
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation
  const answers = Object.entries(responses).map(([status, { description: what, content }]) =>
    row([inHtml(status), `${prose(what)}${content === undefined ? '' : `<br>${contentText(content)}`}`]),
  )
  const given = parameters.map(({ name, in: place, required, schema, description: what = '' }) =>
    row([
      `<code>${inHtml(name)}</code>`,
      `${place}${required === true ? ', required' : ''}`,
      typeText(schema),
      prose(what),
    ]),
  )
  const body =
    requestBody === undefined
      ? ''
      : `<h3>Body${requestBody.required ? '' : ', may be left out'}</h3>${contentText(requestBody.content)}`
  return `<details id="${inHtml(operationId)}"><summary><b class="method ${method}">${method.toUpperCase()}</b>
<code>${inHtml(path)}</code><span>${inHtml(summary)}</span></summary><div><p>${prose(description)}</p>
${given.length > 0 ? `<h3>Parameters</h3>${table(given)}` : ''}${body}<h3>Answers</h3>${table(answers)}</div></details>`
}

function schemaPart(name: string, schema: Schema): string {
  const { properties, required = [] } = schema
  const fields = Object.entries(properties ?? {}).map(([field, of]) =>
    row([
      `<code>${inHtml(field)}</code>${required.includes(field) ? '' : ' (optional)'}`,
      typeText(of),
      prose(of.description ?? ''),
    ]),
  )
  const inside = properties === undefined ? `<p>${typeText(schema)}</p>` : table(fields)
  const said = schema.description === undefined ? '' : `<p>${prose(schema.description)}</p>`
  return `<details id="${inHtml(name)}"><summary><code>${inHtml(name)}</code></summary><div>${said}${inside}</div></details>`
}

const row = (cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
const table = (rows: readonly string[]): string => `<div class="scroll"><table>${rows.join('')}</table></div>`

function contentText(content: Content): string {
  return Object.entries(content)
    .map(([type, { schema }]) => `<code>${inHtml(type)}</code> ${type.includes('json') ? typeText(schema) : ''}`)
    .join('<br>')
}

/** What a value may be, in a few words. */
function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = inHtml(schema.$ref.split('/').at(-1) ?? '')
    return `<a href="#${name}">${name}</a>`
  }
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return either.map(typeText).join(' or ')
  if (schema.allOf !== undefined) return typeText(schema.allOf[0] ?? {})
  if (schema.enum !== undefined) return schema.enum.map((value) => `<code>${inHtml(String(value))}</code>`).join(' | ')
  if (schema.const !== undefined) return `<code>${inHtml(String(schema.const))}</code>`
  if (schema.type === 'array') return `list of ${typeText(schema.items ?? {})}`
  if (schema.properties !== undefined) {
    const inside = Object.entries(schema.properties).map(
      ([name, of]) => `<code>${inHtml(name)}</code>: ${typeText(of)}`,
    )
    return `{ ${inside.join(', ')} }`
  }
  const type = schema.type === undefined ? 'anything' : [schema.type].flat().join(' or ')
  return `${inHtml(type)}${boundsText(schema)}`
}

function boundsText({ minimum, maximum, default: fallback }: Schema): string {
  // Whole numbers without a bound of their own have JavaScript's.
  const top = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : ''
  const range =
    minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER ? `, ${minimum}${top === '' ? ' or more' : top}` : ''
  return `${range}${fallback === undefined ? '' : ` (${inHtml(String(fallback))})`}`
}
