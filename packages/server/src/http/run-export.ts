import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ITEM_STATUSES, MonofilError, type Run } from '@monofil/protocol'
import {
  bundleExport,
  csvExport,
  type ExportFilter,
  itemPages,
  jsonExport,
  PDF_LANGUAGES,
  type PdfLanguage,
} from '../exports/index.ts'
import { EXPORT_FORMATS, RUNS } from './about-runs.ts'
import type { RouteContext } from './context.ts'
import { PdfPlaces } from './pdf-places.ts'
import { textOf, wordOf, wordsOf } from './query.ts'
import type { FileReply } from './reply.ts'
import type { Route } from './router.ts'
import { forCaller, readable } from './run-access.ts'

type Format = (typeof EXPORT_FORMATS)[number]

/** What was asked for. */
interface Wanted {
  readonly format: Format
  readonly filter: ExportFilter
  readonly run: Run
  readonly language: PdfLanguage
}

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  pdf: 'application/pdf',
}

/** A run as a file: its items as a table, or everything of it for a report. */
export function exportRoutes(context: RouteContext): readonly Route[] {
  const { store, clock } = context
  const hubVersion = versionOfHub()
  const places = new PdfPlaces(context)
  const now = () => new Date(clock.now()).toISOString()
  return [
    {
      method: 'GET',
      path: '/v1/runs/:id/export',
      about: RUNS.export,
      async handle(request) {
        const run = await readable(context, request)
        const format = formatOf(request.query)
        const filter = filterOf(request.query)
        const language = wordOf(request.query, 'lang', PDF_LANGUAGES) ?? 'en'
        if (format === 'pdf') await places.check(run, filter)
        const wanted = { format, filter, language, run: await forCaller(context, request, run) }
        return {
          status: 200,
          headers: fileHeaders(TYPES[format], nameOf(run, filter, format)),
          file: (signal) => exportOf(context, wanted, { signal, places, at: now() }),
        }
      },
    },
    {
      method: 'GET',
      path: '/v1/runs/:id/bundle',
      about: RUNS.bundle,
      async handle(request) {
        const run = await forCaller(context, request, await readable(context, request))
        const at = now()
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
  wanted: Wanted,
  making: { readonly signal: AbortSignal; readonly places: PdfPlaces; readonly at: string },
): AsyncIterable<string | Uint8Array> {
  const { format, filter, run } = wanted
  const { signal, places, at } = making
  const pages = () => itemPages(store.runs, run, filter, signal)
  if (format === 'csv') return csvExport(pages, exports.csvColumns)
  return format === 'json' ? jsonExport(run, pages()) : places.make({ ...wanted, at }, pages(), signal)
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
  // By path: bundlers and DOM environments have a URL and an `import.meta.url` of their own.
  const manifest = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
