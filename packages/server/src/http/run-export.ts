import { readFileSync } from 'node:fs'
import { ITEM_STATUSES, MonofilError, type Run } from '@monofil/protocol'
import { bundleExport, csvExport, type ExportFilter, itemPages, jsonExport } from '../exports/index.ts'
import { EXPORT_FORMATS, RUNS } from './about-runs.ts'
import type { RouteContext } from './context.ts'
import { textOf, wordOf, wordsOf } from './query.ts'
import type { FileReply } from './reply.ts'
import type { Route } from './router.ts'
import { forCaller, readable } from './run-access.ts'

type Format = (typeof EXPORT_FORMATS)[number]

const TYPES: Readonly<Record<Format, string>> = { csv: 'text/csv; charset=utf-8', json: 'application/json' }

/** A run as a file: its items as a table, or everything of it for a report. */
export function exportRoutes(context: RouteContext): readonly Route[] {
  const { store, clock } = context
  const hubVersion = versionOfHub()
  return [
    {
      method: 'GET',
      path: '/v1/runs/:id/export',
      about: RUNS.export,
      async handle(request) {
        const run = await readable(context, request)
        const format = formatOf(request.query)
        const filter = filterOf(request.query)
        const shown = await forCaller(context, request, run)
        return {
          status: 200,
          headers: fileHeaders(TYPES[format], nameOf(run, filter, format)),
          file: (signal) => exportOf(context, { format, filter, run: shown }, signal),
        }
      },
    },
    {
      method: 'GET',
      path: '/v1/runs/:id/bundle',
      about: RUNS.bundle,
      async handle(request) {
        const run = await forCaller(context, request, await readable(context, request))
        const at = new Date(clock.now()).toISOString()
        return {
          status: 200,
          headers: fileHeaders('application/gzip', `${plain(run.id)}.monofil-run.json.gz`),
          file: (signal) => bundleExport({ store, run, at, hubVersion, signal }),
        }
      },
    },
  ]
}

function exportOf(
  { store, exports }: RouteContext,
  wanted: { readonly format: Format; readonly filter: ExportFilter; readonly run: Run },
  signal: AbortSignal,
): AsyncIterable<string | Uint8Array> {
  const { format, filter, run } = wanted
  const pages = () => itemPages(store.runs, run, filter, signal)
  return format === 'json' ? jsonExport(run, pages()) : csvExport(pages, exports.csvColumns)
}

function formatOf(query: URLSearchParams): Format {
  const format = wordOf(query, 'format', EXPORT_FORMATS)
  if (format !== undefined) return format
  throw new MonofilError('invalid_request', `format is one of ${EXPORT_FORMATS.join(', ')}.`, { field: 'format' })
}

function filterOf(query: URLSearchParams): ExportFilter {
  return { step: textOf(query, 'step'), status: wordsOf(query, 'status', ITEM_STATUSES), q: textOf(query, 'q') }
}

function fileHeaders(type: string, name: string): FileReply['headers'] {
  return ['Content-Type', type, 'Content-Disposition', `attachment; filename="${name}"`]
}

/** `photos-nightly-failed.csv`: what is in the file, in characters that every file system takes. */
function nameOf(run: Run, { step, status, q }: ExportFilter, ending: string): string {
  const about = run.id.startsWith(run.workflow) ? run.id : `${run.workflow}-${run.id}`
  const parts = [about, step, ...(status ?? []), q === undefined ? undefined : 'search']
  return `${plain(parts.filter((part) => part !== undefined).join('-'))}.${ending}`
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 200)
}

/** The version of this package, whose file lies two folders up, built or not. */
function versionOfHub(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
