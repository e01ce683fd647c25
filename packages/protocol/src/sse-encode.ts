/** The fields of one block of an event stream. */
export interface SseBlock {
  /** One line; a line break or NUL throws. Left out: the event is a `message`. */
  readonly event?: string
  /** One line of printable ASCII; anything else throws, since `Last-Event-ID` is a header. */
  readonly id?: string
  readonly data?: string
  /** Milliseconds, a whole number. */
  readonly retry?: number
}

const LINE_BREAK = /\r\n|\r|\n/
const EVENT = /^[^\r\n\0]+$/
const ID = /^[\x20-\x7e]*$/

/**
 * Encodes one block so that no field can reach into another (WHATWG HTML, 9.2.6 "Interpreting an event stream"):
 * `data` is split at CR, LF and CRLF into lines of its own, `event` and `id` are refused if they hold a line break
 * or NUL. U+2028 and U+2029 are no line breaks there and pass unchanged. A block with an id and no data moves the
 * reader's last event id without dispatching an event.
 *
 * @throws TypeError for an `event`, `id` or `retry` outside its grammar: a programmer's mistake, never a user's,
 * since user text travels in `data` only.
 */
export function encodeSse(block: SseBlock): string {
  let text = ''
  if (block.event !== undefined) {
    if (!EVENT.test(block.event)) throw new TypeError('an event name is one line without NUL')
    text += `event: ${block.event}\n`
  }
  if (block.retry !== undefined) {
    if (!Number.isSafeInteger(block.retry) || block.retry < 0) throw new TypeError('retry is a whole number of ms')
    text += `retry: ${block.retry}\n`
  }
  if (block.id !== undefined) {
    if (!ID.test(block.id)) throw new TypeError('an id is one line of printable ASCII')
    text += `id: ${block.id}\n`
  }
  if (block.data !== undefined) {
    if (block.data.includes('\n') || block.data.includes('\r')) {
      for (const line of block.data.split(LINE_BREAK)) text += `data: ${line}\n`
    } else {
      text += `data: ${block.data}\n`
    }
  }
  return `${text}\n`
}
