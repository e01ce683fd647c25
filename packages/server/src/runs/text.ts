/** Texts of one item at most: names are a reporter's, and each is a row. */
export const MAX_TEXTS_OF_ITEM = 100

/** How far a text is; lengths and positions are UTF-16 characters. */
export interface TextState {
  readonly attempt: number
  readonly length: number
  readonly done: boolean
  readonly cut: boolean
}

/** A piece of a text: the first `position` characters stay, `text` follows them. */
export interface TextPiece {
  readonly attempt: number
  readonly position: number
  readonly text: string
  readonly done?: boolean | undefined
}

/** What becomes of a text: how far it is then, `same` where the piece says nothing new, `hole` where it does not fit. */
export interface TextStep {
  readonly after: TextState | 'same' | 'hole'
  /** What of the piece is kept. */
  readonly text: string
  /** Where it ended before, in the attempt of the piece. */
  readonly end: number
}

/**
 * A text after its next piece. Another attempt begins anew; a text that was cut stays as it is until then, so that its
 * writer need not know. A text never ends within a character that takes two places.
 */
export function afterPiece(before: TextState | undefined, piece: TextPiece, maxChars: number): TextStep {
  const { attempt, position } = piece
  const known = before?.attempt === attempt ? before : undefined
  const end = known?.length ?? 0
  if (known?.cut === true && position > 0) return { after: 'same', text: '', end }
  if (position > end) return { after: 'hole', text: '', end }
  const whole = piece.text.toWellFormed()
  const text = cutTo(whole, Math.max(0, maxChars - position))
  const cut = text.length < whole.length
  const after = { attempt, length: position + text.length, done: cut || piece.done === true, cut }
  const same = known !== undefined && position === end && text === '' && known.done === after.done && !cut
  return { after: same ? 'same' : after, text, end }
}

function cutTo(text: string, chars: number): string {
  if (text.length <= chars) return text
  const last = text.charCodeAt(chars - 1)
  const isHalf = chars > 0 && last >= 0xd800 && last <= 0xdbff
  return text.slice(0, isHalf ? chars - 1 : chars)
}
