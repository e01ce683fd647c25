import type PDFDocument from 'pdfkit'

/** What of pdfkit's fonts and pages is used beside its documented calls. */
interface Font {
  readonly id: string
  ref(): unknown
  encode(text: string): readonly [codes: readonly string[], positions: readonly { readonly advanceWidth: number }[]]
}
export interface Insides {
  readonly _font: Font
  readonly page: { readonly fonts: Record<string, unknown>; readonly xobjects: Record<string, unknown> }
  ref(data: object): { end(content: Buffer): void }
}

interface Letter {
  readonly code: string
  /** In thousandths of the size. */
  readonly width: number
}

/** No line has more than this, and no letter beyond it is looked at. */
const MAX_TEXT = 4_000
const BREAKS = /[\s/\\_,;:.=&?-]/

/**
 * Text in one embedded font, put letter by letter. pdfkit's own way shapes every word by the font's tables, which for
 * 10,000 items took 40 s where this takes a few, and keeps each word it ever saw.
 */
export class Letters {
  readonly #insides: Insides
  readonly #font: Font
  readonly #known = new Map<string, Letter>()

  /** Loads the font at `path`. */
  constructor(document: typeof PDFDocument.prototype, path: string) {
    document.font(path)
    this.#insides = document as unknown as Insides
    this.#font = this.#insides._font
  }

  /** Draws one line with its left end on the base line at `x`, `y`. */
  operators(line: string, place: { readonly x: number; readonly y: number; readonly size: number }): string {
    this.#insides.page.fonts[this.#font.id] = this.#font.ref()
    const at = `${place.x.toFixed(2)} ${place.y.toFixed(2)}`
    return `BT 1 0 0 -1 ${at} Tm /${this.#font.id} ${place.size} Tf <${this.#codes(line)}> Tj ET`
  }

  /** A form that pages may refer to before its text is known. */
  form(): { readonly ref: object; end(text: string, size: number): void } {
    const fonts = { [this.#font.id]: this.#font.ref() }
    const ref = this.#insides.ref({
      Type: 'XObject',
      Subtype: 'Form',
      BBox: [0, -5, 80, 15],
      Resources: { Font: fonts },
    })
    return {
      ref,
      end: (text, size) => ref.end(Buffer.from(`BT /${this.#font.id} ${size} Tf <${this.#codes(text)}> Tj ET`)),
    }
  }

  width(text: string, size: number): number {
    let width = 0
    for (const letter of text) width += this.#letter(letter).width
    return (width * size) / 1000
  }

  /** The lines of a text within a width; `…` ends the last one where there would be more. At least one line. */
  wrap(text: string, box: { readonly width: number; readonly size: number; readonly maxLines: number }): string[] {
    const lines: string[] = []
    const room = (box.width * 1000) / box.size
    const isCut = text.length > MAX_TEXT
    for (const paragraph of clean(text.slice(0, MAX_TEXT)).split('\n')) {
      if (lines.length > box.maxLines) break
      this.#fill(paragraph, room, lines)
    }
    if (lines.length <= box.maxLines && !isCut) return lines
    const shown = lines.slice(0, box.maxLines)
    const last = [...(shown.pop() ?? '')]
    while (last.length > 0 && this.width(`${last.join('')}…`, box.size) > box.width) last.pop()
    return [...shown, `${last.join('')}…`]
  }

  #fill(paragraph: string, room: number, lines: string[]): void {
    let line = ''
    let width = 0
    let breakAt = 0
    for (const letter of paragraph) {
      const own = this.#letter(letter).width
      if (width + own > room && line !== '') {
        const end = breakAt > 0 ? breakAt : line.length
        lines.push(line.slice(0, end).trimEnd())
        line = line.slice(end)
        width = this.width(line, 1000)
        breakAt = 0
      }
      line += letter
      width += own
      if (BREAKS.test(letter)) breakAt = line.length
    }
    lines.push(line)
  }

  #codes(text: string): string {
    let codes = ''
    for (const letter of text) codes += this.#letter(letter).code
    return codes
  }

  #letter(text: string): Letter {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const [codes, positions] = this.#font.encode(text)
    const letter = { code: codes.join(''), width: positions.reduce((sum, one) => sum + one.advanceWidth, 0) }
    this.#known.set(text, letter)
    return letter
  }
}

/** Accents joined to their letters, and nothing that is no letter. */
function clean(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[\0-\x09\x0b-\x1f\x7f]+/g, ' ')
    .normalize('NFC')
}
