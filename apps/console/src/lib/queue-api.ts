import type { MonofilClient, Page } from '@monofil/client'
import type { NoticeQueueStatus, NoticeStatus, QueuedNotice, TraceLine } from '@monofil/protocol'

type Hub = Pick<MonofilClient, 'api'>

/** The queue of notifications; for the operator. Each rejects with the hub's error. */
export function readQueueStatus({ api }: Hub): Promise<NoticeQueueStatus> {
  return api.call('GET', '/v1/notifications/status')
}

export function readQueue(
  { api }: Hub,
  query: { readonly status?: NoticeStatus | undefined; readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<QueuedNotice>> {
  return api.call('GET', '/v1/notifications', { query })
}

/** Lines of recipients, and the notification where one may see all of it. */
export interface Trace extends Page<TraceLine> {
  readonly notification: QueuedNotice | null
}

export function readTrace(
  { api }: Hub,
  id: string,
  query: { readonly user?: string | undefined; readonly limit?: number; readonly cursor?: string | undefined } = {},
): Promise<Trace> {
  return api.call('GET', `/v1/notifications/${encodeURIComponent(id)}/trace`, { query })
}

/** Tries its failed pushes again. */
export function retryNotice({ api }: Hub, id: string): Promise<QueuedNotice> {
  return api.call('POST', `/v1/notifications/${encodeURIComponent(id)}/retry`, { body: {} })
}

/** Takes it out of every inbox, for good. */
export function takeBackNotice({ api }: Hub, id: string): Promise<void> {
  return api.call('DELETE', `/v1/notifications/${encodeURIComponent(id)}`)
}
