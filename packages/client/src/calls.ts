import type { Api } from './api.ts'
import { type Call, errorOf, path, readAnswer, type Send } from './http.ts'

/** The hub's calls over `send`. */
export function createApi(send: Send): Api {
  const call = async <T>(method: string, route: string, options?: Call): Promise<T> =>
    (await readAnswer(await send(method, route, options))) as T
  const get = <T>(route: string, query?: object): Promise<T> => call('GET', route, { query: { ...query } })
  const post = <T>(route: string, body: unknown): Promise<T> => call('POST', route, { body })
  return {
    call,
    runs: {
      start: (run) => post('/v1/runs', run),
      get: (id) => get(path`/v1/runs/${id}`),
      list: (filter) => get('/v1/runs', filter),
      latest: (workflow) => get('/v1/runs/latest', { workflow }),
      items: (id, filter) => get(path`/v1/runs/${id}/items`, filter),
      logs: (id, query) => get(path`/v1/runs/${id}/logs`, query),
      texts: (id, item, query) => get(path`/v1/runs/${id}/items/${item}/texts`, query),
      text: (id, item, query) => get(path`/v1/runs/${id}/items/${item}/text`, query),
      failures: (id, options) => get(path`/v1/runs/${id}/failures`, options),
      throughput: (id, options) => get(path`/v1/runs/${id}/throughput`, options),
      async export(id, { signal, ...query }) {
        const route = path`/v1/runs/${id}/` + (query.format === 'bundle' ? 'bundle' : 'export')
        const response = await send('GET', route, { query, signal, accept: '*/*' })
        if (!response.ok) throw await errorOf(response)
        return response
      },
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
    kpis: {
      set: (name, kpi) => call('PUT', path`/v1/kpis/${name}`, { body: kpi }),
      get: (name) => get(path`/v1/kpis/${name}`),
      list: (page) => get('/v1/kpis', page),
      remove: (name) => call('DELETE', path`/v1/kpis/${name}`),
    },
    push: {
      key: () => get('/v1/push/key'),
      subscribe: (subscription) => post('/v1/push/subscriptions', subscription),
      unsubscribe: (endpoint) => call('DELETE', '/v1/push/subscriptions', { body: { endpoint } }),
      read: async (id) => void (await post(path`/v1/inbox/${id}/read`, {})),
    },
    revocations: {
      add: (revocation) => post('/v1/revocations', revocation),
      list: (page) => get('/v1/revocations', page),
      remove: (id) => call('DELETE', path`/v1/revocations/${id}`),
    },
    usage: (filter) => get('/v1/usage', filter),
    session: () => get('/v1/session'),
    overview: (options) => get('/v1/overview', options),
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
