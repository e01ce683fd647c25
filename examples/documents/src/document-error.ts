/** Why a document gave no text. A closed set: failures are grouped by it. */
export const DOCUMENT_ERRORS = {
  not_a_document: 'Not the document its name says',
  encrypted: 'Locked with a password',
  no_text: 'No text in it, as in a scan',
  too_large: 'Too large',
  unreadable: 'The file cannot be read',
} as const

export type DocumentErrorCode = keyof typeof DOCUMENT_ERRORS

/** What went wrong, in words a person can act on. Another attempt does not help. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError'
  readonly code: DocumentErrorCode

  constructor(code: DocumentErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
