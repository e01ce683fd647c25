/**
 * What one writes by hand: an inbox and counts in SQLite, as durable as Monofil's, one transaction for each notification
 * on the server's own loop, and a `res.write` to the user's stream. No log, no replay, no preferences, no retention.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { json } from 'node:stream/consumers'
import { obey } from './notice-control.ts'

const dir = mkdtempSync(join(tmpdir(), 'monofil-bench-data-'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
process.on('disconnect', () => process.exit(0))

const db = new DatabaseSync(join(dir, 'inbox.db'))
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536')
db.exec(`CREATE TABLE users (name TEXT PRIMARY KEY, unread INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE notices (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE inbox (user TEXT NOT NULL, notice INTEGER NOT NULL, read_at INTEGER, PRIMARY KEY (user, notice)) WITHOUT ROWID`)
const addUser = db.prepare('INSERT OR IGNORE INTO users (name, unread) VALUES (?, 0)')
const addNotice = db.prepare('INSERT INTO notices (body) VALUES (?)')
const addRow = db.prepare('INSERT INTO inbox (user, notice) VALUES (?, ?)')
const count = db.prepare('UPDATE users SET unread = unread + 1 WHERE name = ? RETURNING unread')
const streams = new Map<string, ServerResponse>()
const everybody: string[] = []

function tell(user: string, item: object): void {
  const unread = Number(count.get(user)?.['unread'] ?? 0)
  const data = JSON.stringify({ topic: 'inbox', type: 'notification', data: { ...item, counts: { unread } } })
  streams.get(user)?.write(`event: message\ndata: ${data}\n\n`)
}

function send(users: readonly string[], item: object): void {
  db.exec('BEGIN IMMEDIATE')
  const { lastInsertRowid: id } = addNotice.run(JSON.stringify(item))
  for (const user of users) addRow.run(user, id)
  for (const user of users) tell(user, { id: Number(id), ...item })
  db.exec('COMMIT')
}

const server = createServer(async (request, response) => {
  const user = (request.headers.authorization ?? '').slice('Bearer '.length)
  if (request.method === 'POST') {
    const { to, ...item } = (await json(request)) as { to: { users: string[] } }
    send(to.users, item)
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"created":true}')
    return
  }
  addUser.run(user)
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
  response.write('event: snapshot\ndata: {}\n\n')
  streams.set(user, response)
  response.on('close', () => streams.delete(user))
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 })
await once(server, 'listening')

obey({
  port: (server.address() as AddressInfo).port,
  send: async (user) => {
    send([user], { title: `at ${Date.now()}`, module: 'orders', data: { id: 4711 } })
    // One turn of the loop for each, as requests come.
    await new Promise((resume) => setImmediate(resume))
  },
  meet(users) {
    db.exec('BEGIN')
    for (const user of users) addUser.run(user)
    db.exec('COMMIT')
    everybody.push(...users)
  },
  broadcast: (bytes) => send(everybody, { title: `at ${Date.now()}`, data: 'x'.repeat(bytes) }),
  reached: () => everybody.length,
})
