import { type About, PAGE } from './about.ts'

const ADMIN = 'Admin'
const ME = { description: 'Who one is, and what one may.', schema: 'Session' } as const

/** Tickets, sessions, and credentials that are refused before they end. */
export const RIGHTS = {
  ticket: {
    id: 'createTicket',
    tag: 'Rights',
    summary: 'A ticket with one’s own rights, for a native EventSource',
    right: 'A credential',
    body: 'NoBody',
    isBodyOptional: true,
    answers: { 201: { description: 'It opens a stream once, within 30 s.', schema: 'Ticket' } },
    errors: ['store_unavailable'],
  },
  session: {
    id: 'getSession',
    tag: 'Rights',
    summary: 'Who one is',
    right: 'A credential',
    answers: { 200: ME },
  },
  signIn: {
    id: 'createSession',
    tag: 'Rights',
    summary: 'Keep a token in a cookie that no script can read',
    right: 'A token in `Authorization`',
    answers: { 200: { ...ME, description: 'The same, with `Set-Cookie`.' } },
    errors: ['invalid_state', 'too_large'],
  },
  signOut: {
    id: 'deleteSession',
    tag: 'Rights',
    summary: 'End the cookie',
    right: 'Public',
    answers: { 204: { description: 'There is none any more.' } },
    errors: ['invalid_state', 'csrf'],
  },
  revoke: {
    id: 'createRevocation',
    tag: 'Rights',
    summary: 'Refuse credentials of a user or a role, or one by its id',
    right: ADMIN,
    body: 'NewRevocation',
    answers: { 201: { description: 'They are refused, and their streams end within a second.', schema: 'Revocation' } },
    errors: ['store_unavailable'],
  },
  revocations: {
    id: 'listRevocations',
    tag: 'Rights',
    summary: 'What is refused',
    right: ADMIN,
    parameters: PAGE,
    answers: { 200: { description: 'The newest first.', schema: 'RevocationList' } },
    errors: ['invalid_request', 'store_unavailable'],
  },
  unrevoke: {
    id: 'deleteRevocation',
    tag: 'Rights',
    summary: 'Take a revocation back',
    right: ADMIN,
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found', 'store_unavailable'],
  },
} as const satisfies Readonly<Record<string, About>>
