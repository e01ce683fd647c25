import { type ErrorCode, STATUS, TITLES } from '@monofil/protocol'
import { jsonSchemas, type SchemaName } from '@monofil/protocol/schemas'
import { type Answered, type Described, errorsOf, type Plain } from './about.ts'

/** The version of the protocol that the document speaks of. */
const PROTOCOL_VERSION = '1'

const refTo = (name: SchemaName): Plain => ({ $ref: `#/components/schemas/${name}` })

/** Parameters of a path that are not plain ids. */
const PATH_SCHEMAS: Readonly<Record<string, Plain>> = { topic: refTo('Topic'), path: { type: 'string' } }

/** The path as OpenAPI writes it: `/v1/runs/{id}`. */
export function templateOf(path: string): string {
  return path.replace(/:([a-z]+)/gi, '{$1}').replace('*', '{path}')
}

/** The OpenAPI 3.1 document of these routes. */
export function openApiOf(routes: readonly Described[]): Plain {
  const paths: Record<string, Record<string, Plain>> = {}
  for (const route of routes) {
    const path = templateOf(route.path)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, path) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Monofil',
      version: PROTOCOL_VERSION,
      description:
        'Live progress, durable runs and notifications over one event stream. Problems are `application/problem+json` ' +
        'with a closed set of codes; unknown response fields and codes are to be ignored. A HEAD is answered as a GET ' +
        'without a body, OPTIONS with `Allow`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(({ about }) => about.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: jsonSchemas(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

function operationOf(route: Described, path: string): Plain {
  const { about, isPublic } = route
  const parameters = [...pathParameters(path), ...(about.parameters ?? [])]
  return {
    operationId: about.id,
    tags: [about.tag],
    summary: about.summary,
    description: `Right: ${about.right}.`,
    ...(isPublic === true ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(about.body === undefined
      ? {}
      : {
          requestBody: {
            required: about.isBodyOptional !== true,
            content: { 'application/json': { schema: refTo(about.body) } },
          },
        }),
    responses: { ...successes(about.answers), ...problems(errorsOf(route)), default: ANY_OTHER },
  }
}

function pathParameters(path: string): readonly Plain[] {
  return [...path.matchAll(/\{([a-z]+)\}/gi)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: PATH_SCHEMAS[name] ?? refTo('Id'),
  }))
}

function successes(answers: Described['about']['answers']): Record<string, Plain> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, given]) => {
      const each: readonly Answered[] = Array.isArray(given) ? given : [given as Answered]
      const content = Object.assign({}, ...each.map(contentOf)) as Plain
      const description = each.map((one) => one.description).join(' Or: ')
      return [status, Object.keys(content).length === 0 ? { description } : { description, content }]
    }),
  )
}

function contentOf({ schema, type }: Answered): Plain {
  if (schema !== undefined) return { 'application/json': { schema: refTo(schema) } }
  return type === undefined ? {} : { [type]: { schema: { type: 'string' } } }
}

const PROBLEM_TYPE = 'application/problem+json'
const ANY_OTHER: Plain = {
  description: 'The hub failed (`internal`, `store_full`), or a proxy before it.',
  content: { [PROBLEM_TYPE]: { schema: refTo('Problem') } },
}

/** One answer for each status; its codes are a closed set. */
function problems(codes: readonly ErrorCode[]): Record<string, Plain> {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codes) byStatus.set(STATUS[code], [...(byStatus.get(STATUS[code]) ?? []), code])
  return Object.fromEntries(
    [...byStatus].map(([status, each]) => {
      const schema = { allOf: [refTo('Problem'), { type: 'object', properties: { code: { enum: each } } }] }
      const description = each.map((code) => `\`${code}\`: ${TITLES[code]}.`).join(' ')
      return [String(status), { description, content: { [PROBLEM_TYPE]: { schema } } }]
    }),
  )
}
