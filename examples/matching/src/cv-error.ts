import { DOCUMENT_ERRORS } from '@monofil/example-documents'

/** Why a CV could not be read. A closed set: failures are grouped by it. */
export const CV_ERRORS = {
  ...DOCUMENT_ERRORS,
  folder_missing: 'The folder is not there',
  no_cvs: 'No CVs in the folder',
  too_many: 'More CVs than one run takes',
} as const

export type CvErrorCode = keyof typeof CV_ERRORS

/** What went wrong, in words a person can act on. Another attempt does not help. */
export class CvError extends Error {
  override readonly name = 'CvError'
  readonly code: CvErrorCode

  constructor(code: CvErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
