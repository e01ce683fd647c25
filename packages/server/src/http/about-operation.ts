import { type About, text } from './about.ts'

const PUBLIC = 'Public'
const ADMIN = 'Admin'
const STARTABLE = 'Shows workflows one may start'

/** Workflows, what runs now, connections, health, and what is served to browsers. */
export const OPERATION = {
  workflows: {
    id: 'listWorkflows',
    tag: 'Runs',
    summary: 'Workflows one may start',
    right: STARTABLE,
    answers: { 200: { description: 'All of them.', schema: 'WorkflowList' } },
    errors: ['store_unavailable'],
  },
  status: {
    id: 'getStatus',
    tag: 'Runs',
    summary: 'What runs now, by workflow and key',
    right: `${STARTABLE}; \`runId\` null where one may not read the run`,
    parameters: [text('workflow', 'Of this workflow.'), text('key', 'With this key.')],
    answers: { 200: { description: 'Queued, running and paused runs.', schema: 'Status' } },
    errors: ['invalid_request', 'store_unavailable'],
  },
  connections: {
    id: 'listConnections',
    tag: 'Operation',
    summary: 'Open streams of this node',
    right: ADMIN,
    answers: { 200: { description: 'All of them.', schema: 'ConnectionList' } },
  },
  kick: {
    id: 'deleteConnection',
    tag: 'Operation',
    summary: "End somebody's stream for good",
    right: ADMIN,
    answers: { 204: { description: 'It is closed.' } },
    errors: ['unknown_connection'],
  },
  healthz: {
    id: 'getHealth',
    tag: 'Operation',
    summary: 'Whether the process answers',
    right: PUBLIC,
    answers: { 200: { description: 'It does.', schema: 'Health' } },
  },
  readyz: {
    id: 'getReadiness',
    tag: 'Operation',
    summary: 'Whether requests may be sent here',
    right: PUBLIC,
    answers: { 200: { description: 'They may.', schema: 'Health' } },
    errors: ['draining', 'store_unavailable'],
  },
  openapi: {
    id: 'getOpenApi',
    tag: 'Operation',
    summary: 'This document',
    right: PUBLIC,
    answers: { 200: { description: 'OpenAPI 3.1.', schema: 'Json' } },
  },
  docs: {
    id: 'getDocs',
    tag: 'Operation',
    summary: 'This document as a page',
    right: PUBLIC,
    answers: { 200: { description: 'A page.', type: 'text/html' } },
  },
  home: {
    id: 'getHome',
    tag: 'Operation',
    summary: 'Goes to the console',
    right: PUBLIC,
    answers: { 308: { description: 'To `/console/`.' } },
  },
  consoleHome: {
    id: 'getConsoleHome',
    tag: 'Operation',
    summary: 'Goes to the console',
    right: PUBLIC,
    answers: { 308: { description: 'To `/console/`.' } },
  },
  console: {
    id: 'getConsole',
    tag: 'Operation',
    summary: "The console's pages and files",
    right: PUBLIC,
    answers: {
      200: { description: 'The file, or the page that knows the path.', type: '*/*' },
      304: { description: 'The reader has it.' },
    },
    errors: ['not_found'],
  },
} as const satisfies Readonly<Record<string, About>>
