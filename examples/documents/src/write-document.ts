import { Document, HeadingLevel, Packer, Paragraph } from 'docx'
import { PDFDocument, type PDFFont, rgb, StandardFonts } from 'pdf-lib'

/** A line of a sample document, with its weight on the page. */
export interface Line {
  readonly text: string
  readonly kind: 'title' | 'heading' | 'item'
}

const LOOK = {
  title: { isBold: true, size: 22, space: 34 },
  heading: { isBold: true, size: 12, space: 26 },
  item: { isBold: false, size: 11, space: 17 },
} as const

/** The lines as a PDF of one page, the same bytes each time. Its fonts know Western European letters only. */
export async function pdfOf(lines: readonly Line[]): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false })
  const regular = await pdf.embedFont(StandardFonts.Helvetica)
  const bold = await pdf.embedFont(StandardFonts.HelveticaBold)
  const page = pdf.addPage([595, 842])
  let y = 780
  for (const { text, kind } of lines) {
    const { isBold, size, space } = LOOK[kind]
    const font = isBold ? bold : regular
    if (kind === 'heading') y -= 10
    for (const part of wrapped(text, font, size)) {
      page.drawText(part, { x: 60, y, size, font, color: rgb(0.1, 0.12, 0.16) })
      y -= space
    }
  }
  return pdf.save()
}

/** A page with a grey block where a scanner would have put its picture. */
export async function scanPdf(): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false })
  pdf.addPage([595, 842]).drawRectangle({ x: 40, y: 40, width: 515, height: 762, color: rgb(0.85, 0.85, 0.83) })
  return pdf.save()
}

/** The lines as a Word document. Its text is the same each time; its zip carries the time it was made. */
export function docxOf(lines: readonly Line[]): Promise<Buffer> {
  const children = lines.map(({ text, kind }) => {
    if (kind === 'item') return new Paragraph({ text, bullet: { level: 0 } })
    return new Paragraph({ text, heading: kind === 'title' ? HeadingLevel.TITLE : HeadingLevel.HEADING_2 })
  })
  return Packer.toBuffer(new Document({ creator: 'Monofil samples', sections: [{ children }] }))
}

function wrapped(text: string, font: PDFFont, size: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && font.widthOfTextAtSize(longer, size) <= 475) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
