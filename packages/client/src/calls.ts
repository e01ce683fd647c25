import type { Api } from './api.ts'
import { type Call, path, readAnswer, type Send } from './http.ts'

/** The hub's calls over `send`. */
export function createApi(send: Send): Api {
  const call = async <T>(method: string, route: string, options?: Call): Promise<T> =>
    (await readAnswer(await send(method, route, options))) as T
  const get = <T>(route: string, query?: object): Promise<T> => call('GET', route, { query: { ...query } })
  const post = <T>(route: string, body: unknown): Promise<T> => call('POST', route, { body })
  return {
    runs: {
      start: (run) => post('/v1/runs', run),
      get: (id) => get(path`/v1/runs/${id}`),
      list: (filter) => get('/v1/runs', filter),
      latest: (workflow) => get('/v1/runs/latest', { workflow }),
      items: (id, filter) => get(path`/v1/runs/${id}/items`, filter),
      logs: (id, query) => get(path`/v1/runs/${id}/logs`, query),
      failures: (id) => get(path`/v1/runs/${id}/failures`),
      update: (id, patch) => call('PATCH', path`/v1/runs/${id}`, { body: patch }),
      pause: (id, options) => post(path`/v1/runs/${id}/pause`, { ...options }),
      resume: (id) => post(path`/v1/runs/${id}/resume`, {}),
      cancel: (id, { force } = {}) => call('POST', path`/v1/runs/${id}/cancel`, { query: { force }, body: {} }),
      retry: (id, { items, failures } = {}) =>
        // A group of the list is a name too: what else it has is not sent.
        post(path`/v1/runs/${id}/retry`, {
          items,
          failures: failures?.map(({ step, code, message }) => ({ step, code, message })),
        }),
      signal: (id, answer) => post(path`/v1/runs/${id}/signals`, answer),
      rerun: (id, options) => post(path`/v1/runs/${id}/rerun`, { ...options }),
      controlMany: (request) => post('/v1/runs/control', request),
      remove: (id) => call('DELETE', path`/v1/runs/${id}`),
      report: (id, reports) => post(path`/v1/runs/${id}/reports`, { reports }),
    },
    schedules: {
      create: (schedule, { dryRun } = {}) => call('POST', '/v1/schedules', { query: { dryRun }, body: schedule }),
      list: (filter) => get('/v1/schedules', filter),
      get: (id) => get(path`/v1/schedules/${id}`),
      update: (id, patch) => call('PATCH', path`/v1/schedules/${id}`, { body: patch }),
      remove: (id) => call('DELETE', path`/v1/schedules/${id}`),
      run: (id, options) => post(path`/v1/schedules/${id}/run`, { ...options }),
    },
    revocations: {
      add: (revocation) => post('/v1/revocations', revocation),
      list: (page) => get('/v1/revocations', page),
      remove: (id) => call('DELETE', path`/v1/revocations/${id}`),
    },
    session: () => get('/v1/session'),
    items: (filter) => get('/v1/items', filter),
    async publish(events) {
      const body = Array.isArray(events) ? { events } : events
      return (await post<{ events: Awaited<ReturnType<Api['publish']>> }>('/v1/publish', body)).events
    },
    notify: (notification) => post('/v1/notifications', notification),
    topicEvents: (topic, query) => get(path`/v1/topics/${topic}/events`, query),
    workflows: () => get('/v1/workflows'),
    status: (filter) => get('/v1/status', filter),
    connections: (page) => get('/v1/connections', page),
    kick: (connection) => call('DELETE', path`/v1/connections/${connection}`),
  }
}
