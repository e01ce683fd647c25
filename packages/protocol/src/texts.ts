/** The name of a text that was given none. */
export const DEFAULT_TEXT_NAME = 'text'

/** The most of one text that is kept, in UTF-16 characters, where no setting says otherwise. */
export const DEFAULT_TEXT_CHARS = 1_048_576

/**
 * The next piece of an item's text, as the run's log has it. The first `position` characters (UTF-16 code units, a
 * JavaScript string's `length`) of what was said stay, what was beyond them goes, and `text` follows: 0 begins anew, as
 * the next attempt does.
 */
export interface TextEvent {
  readonly step: string
  readonly item: string
  readonly attempt: number
  readonly name: string
  readonly position: number
  readonly text: string
  /** Nothing follows in this attempt. */
  readonly done?: boolean
  /** It was longer than a text may be: what is beyond is not kept. */
  readonly cut?: boolean
}

/** What is known of a text without its characters. */
export interface TextInfo {
  readonly step: string
  readonly item: string
  readonly name: string
  /** The attempt that said it. */
  readonly attempt: number
  /** In UTF-16 characters. */
  readonly length: number
  /** Nothing follows: its writer said so, or the item is over. */
  readonly done: boolean
  readonly cut: boolean
  readonly updatedAt: string
  /** The event of `run:{id}` that brought its last piece: events up to there are in it. */
  readonly epoch: string
  readonly offset: number
}

/** A text as it is now. */
export interface ItemText extends TextInfo {
  readonly text: string
}
