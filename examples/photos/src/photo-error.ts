/** Why a photo, or a folder of them, could not be worked on. A closed set: the inventory groups by it. */
export const PHOTO_ERRORS = {
  not_an_image: { retryable: false, title: 'Not a picture, whatever its name says' },
  broken_image: { retryable: false, title: 'The picture is damaged or cut short' },
  unsupported_format: { retryable: false, title: 'A picture in a format that cannot be decoded here' },
  unreadable: { retryable: false, title: 'The file cannot be read' },
  too_large: { retryable: false, title: 'Too large to work on' },
  busy: { retryable: true, title: 'The disk or the system refused for a moment' },
  folder_missing: { retryable: false, title: 'The folder is not there' },
  no_photos: { retryable: false, title: 'No photos in the folder' },
  too_many: { retryable: false, title: 'More photos than one run takes' },
} as const satisfies Record<string, { retryable: boolean; title: string }>

export type PhotoErrorCode = keyof typeof PHOTO_ERRORS

/** What went wrong, in words a person can act on; `retryable` says whether another attempt can help. */
export class PhotoError extends Error {
  override readonly name = 'PhotoError'
  readonly code: PhotoErrorCode
  readonly retryable: boolean

  constructor(code: PhotoErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retryable = PHOTO_ERRORS[code].retryable
  }
}

/** The system's own code of a failed file operation (`ENOENT`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** True for errors whose code says the same file may be readable a moment later. */
export function isPassing(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EIO', 'ETIMEDOUT', 'ENOMEM', 'EINTR'].includes(
    systemCode(error) ?? '',
  )
}
