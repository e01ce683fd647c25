import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MonofilClient } from '@monofil/client'
import { type ModelConnection, modelStatus } from '@monofil/example-models'
import { json, type PageServer, servePage } from '@monofil/example-page'
import { listCvs } from './list.ts'
import { lastQuota } from './quota.ts'
import { keepUpload, UploadError } from './uploads.ts'

/** A folder whose CVs can be chosen on the page. */
export interface Source {
  readonly id: 'samples' | 'own'
  readonly folder: string
  readonly files: readonly string[]
}

/** What the page needs beside the hub. */
export interface MatchingPage {
  readonly hub: string
  readonly port: number
  readonly dir: string
  readonly client: MonofilClient
  readonly connection: ModelConnection | null
  readonly samples: string
  /** The folder named on the command line, if any. */
  readonly own: string | null
  /** Where uploads are kept. */
  readonly uploads: string
}

/** The folder of the page's build, or undefined where it was not built. */
export function findPage(): string | undefined {
  const folder = fileURLToPath(new URL('../dist/page', import.meta.url))
  return existsSync(join(folder, 'index.html')) ? folder : undefined
}

/** Serves the page on this machine: its files, the hub, `/api/sources`, `/api/model` and `PUT /api/uploads/…`. */
export function openPage(page: MatchingPage): Promise<PageServer> {
  const { hub, port, dir } = page
  return servePage({ hub, port, dir, route: (message, response, path) => route(page, { message, response, path }) })
}

interface Call {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
}

async function route(page: MatchingPage, { message, response, path }: Call): Promise<boolean> {
  const upload = /^\/api\/uploads\/([^/]+)\/([^/]+)$/.exec(path)
  if (message.method === 'GET' && path === '/api/sources') json(response, 200, await sourcesOf(page))
  else if (message.method === 'GET' && path === '/api/model') json(response, 200, await statusOf(page))
  else if (message.method === 'PUT' && upload !== null) await takeUpload(page, upload, { message, response, path })
  else return false
  return true
}

async function sourcesOf({ samples, own }: MatchingPage): Promise<readonly Source[]> {
  const filesIn = (folder: string) => listCvs(folder).catch(() => [])
  const mine = own === null ? [] : [{ id: 'own' as const, folder: own, files: await filesIn(own) }]
  return [...mine, { id: 'samples', folder: samples, files: await filesIn(samples) }]
}

async function statusOf({ connection, client }: MatchingPage) {
  const status = await modelStatus(connection)
  return status.state === 'offline' ? status : { ...status, quota: await lastQuota(client).catch(() => 'unknown') }
}

async function takeUpload({ uploads }: MatchingPage, found: RegExpExecArray, call: Call): Promise<void> {
  const { message, response } = call
  try {
    const [batch, name] = [found[1] ?? '', decodeURIComponent(found[2] ?? '')]
    json(response, 201, { folder: await keepUpload(uploads, { batch, name }, message), name })
  } catch (error) {
    const known = error instanceof URIError ? new UploadError(400, 'The name is not encoded as UTF-8.') : error
    if (!(known instanceof UploadError)) throw error
    // What is not read of a body that is too large would keep the connection busy.
    response.setHeader('Connection', 'close')
    json(response, known.status, { message: known.message })
  }
}
