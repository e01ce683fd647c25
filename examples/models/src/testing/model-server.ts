import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Turns } from './turns.ts'

/** What was asked of the endpoint. */
export interface Asked {
  readonly model: string
  readonly system: string
  readonly user: string
  readonly stream: boolean
  readonly format: string | null
  readonly authorization: string | null
}

/** How it answers. */
export type Reply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly value: unknown }
  /** 429 with `insufficient_quota`, which no waiting mends. */
  | { readonly kind: 'quota' }
  /** 429 that says when to come back; without seconds it does not. */
  | { readonly kind: 'rate'; readonly seconds?: number }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'unknown_model' }
  | { readonly kind: 'failed' }
  /** Half of the text, then the connection is gone; `quietly`: as if it were all. */
  | { readonly kind: 'cut'; readonly text: string; readonly quietly?: boolean }
  /** What ends at the longest answer. */
  | { readonly kind: 'too_long'; readonly text: string }
  /** Begins nothing until `wake` is called or the caller goes. */
  | { readonly kind: 'slow'; readonly later: Reply }

/** An OpenAI-compatible endpoint on this machine. */
export interface ModelServer {
  /** For MODEL_URL: `http://127.0.0.1:1234/v1`. */
  readonly url: string
  /** Chat requests so far, in order. */
  readonly asked: readonly Asked[]
  /** How many callers wait on a `slow` reply. */
  readonly waiting: number
  /** Lets all slow replies go on, also those to come before the next `reply`. */
  wake(): void
  /** How the next requests are answered. */
  reply(how: Reply | ((asked: Asked) => Reply)): void
  /** How `GET /models` is answered; null: with the names. */
  replyToNames(how: Reply | null): void
  close(): Promise<void>
}

/** Starts the endpoint on a free port of this machine. It names the models it is given and asks for no key. */
export async function startModelServer(names: readonly string[] = ['small', 'large']): Promise<ModelServer> {
  const asked: Asked[] = []
  const turns = new Turns()
  let how: Reply | ((asked: Asked) => Reply) = { kind: 'text', text: 'Good day.' }
  let toNames: Reply | null = null
  const server = createServer((message, response) => {
    answer(message, response).catch(() => response.destroy())
  })
  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (message.url === '/v1/models') {
      if (toNames !== null) return send(response, await turns.settle(toNames, response), NOBODY)
      return json(response, 200, { object: 'list', data: names.map((id) => ({ id, object: 'model' })) })
    }
    if (message.url !== '/v1/chat/completions') return json(response, 404, { error: { message: 'no such path' } })
    const request = await read(message)
    asked.push(request)
    const reply = typeof how === 'function' ? how(request) : how
    await send(response, await turns.settle(reply, response), request)
  }
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    get waiting() {
      return turns.waiting
    },
    wake: () => turns.wake(),
    reply: (next) => {
      how = next
      turns.sleep()
    },
    replyToNames: (next) => {
      toNames = next
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const NOBODY: Asked = { model: '', system: '', user: '', stream: false, format: null, authorization: null }

async function read(message: IncomingMessage): Promise<Asked> {
  let text = ''
  for await (const part of message.setEncoding('utf8')) text += part
  const body = JSON.parse(text) as {
    model: string
    stream?: boolean
    response_format?: { type: string }
    messages: { role: string; content: string }[]
  }
  const said = (role: string) => body.messages.find((one) => one.role === role)?.content ?? ''
  return {
    model: body.model,
    system: said('system'),
    user: said('user'),
    stream: body.stream === true,
    format: body.response_format?.type ?? null,
    authorization: message.headers.authorization ?? null,
  }
}

async function send(response: ServerResponse, reply: Exclude<Reply, { kind: 'slow' }>, to: Asked): Promise<void> {
  switch (reply.kind) {
    case 'quota':
      return json(response, 429, {
        error: { code: 'insufficient_quota', type: 'insufficient_quota', message: 'You exceeded your current quota.' },
      })
    case 'rate': {
      const after = reply.seconds === undefined ? {} : { 'Retry-After': String(reply.seconds) }
      return json(response, 429, { error: { code: 'rate_limit_exceeded', message: 'Too many requests.' } }, after)
    }
    case 'unauthorized':
      return json(response, 401, { error: { code: 'invalid_api_key', message: `Wrong key: ${to.authorization}` } })
    case 'unknown_model':
      return json(response, 404, { error: { code: 'model_not_found', message: `No model ${to.model}.` } })
    case 'failed':
      return json(response, 500, { error: { message: 'Something broke.' } })
    case 'cut':
      return to.stream ? streamed(response, to, reply) : whole(response, to, reply)
    default: {
      const text = reply.kind === 'json' ? JSON.stringify(reply.value) : reply.text
      const end = reply.kind === 'too_long' ? 'length' : 'stop'
      return to.stream ? streamed(response, to, { text, end }) : whole(response, to, { text, end })
    }
  }
}

interface Told {
  readonly text: string
  readonly end?: string
  readonly quietly?: boolean
}

function usageOf(to: Asked, text: string) {
  const [prompt, completion] = [to.system.length + to.user.length, text.length].map((chars) => Math.ceil(chars / 4))
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: (prompt ?? 0) + (completion ?? 0) }
}

function whole(response: ServerResponse, to: Asked, { text, end, quietly }: Told): void {
  const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: end ?? null }
  const body = { id: 'answer', object: 'chat.completion', model: to.model, choices: [choice], usage: usageOf(to, text) }
  if (end !== undefined || quietly) {
    json(response, 200, body)
    return
  }
  const content = JSON.stringify(body)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': content.length })
  response.write(content.slice(0, content.length >> 1), () => response.destroy())
}

/** In pieces of a few characters, each in a chunk of its own, as tokens come. */
async function streamed(response: ServerResponse, to: Asked, { text, end, quietly }: Told): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  const chunk = (choices: readonly object[], rest: object = {}) =>
    new Promise<void>((resolve) => {
      const data = { id: 'answer', object: 'chat.completion.chunk', model: to.model, choices, ...rest }
      response.write(`data: ${JSON.stringify(data)}\n\n`, () => resolve())
    })
  const shown = end === undefined ? text.slice(0, text.length >> 1) : text
  for (const content of shown.match(/[\s\S]{1,6}/gu) ?? []) await chunk([{ index: 0, delta: { content } }])
  if (end === undefined) {
    if (quietly) response.end()
    else response.destroy()
    return
  }
  await chunk([{ index: 0, delta: {}, finish_reason: end }])
  await chunk([], { usage: usageOf(to, text) })
  response.end('data: [DONE]\n\n')
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
