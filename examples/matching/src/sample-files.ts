import { Document, HeadingLevel, Packer, Paragraph } from 'docx'
import { PDFDocument, type PDFFont, rgb, StandardFonts } from 'pdf-lib'
import type { Person } from './sample-people.ts'

/** A CV in lines, each with its weight on the page. */
interface Line {
  readonly text: string
  readonly kind: 'name' | 'heading' | 'item'
}

/** A CV as a PDF of one page, the same bytes each time. Its fonts know Western European letters only. */
export async function pdfOf(person: Person): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false })
  const [regular, bold] = [
    await pdf.embedFont(StandardFonts.Helvetica),
    await pdf.embedFont(StandardFonts.HelveticaBold),
  ]
  const page = pdf.addPage([595, 842])
  let y = 780
  for (const { text, kind } of linesOf(person)) {
    const [font, size, space] =
      kind === 'name'
        ? ([bold, 22, 34] as const)
        : kind === 'heading'
          ? ([bold, 12, 26] as const)
          : ([regular, 11, 17] as const)
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

/** A CV as a Word document. Its text is the same each time; its zip carries the time it was made. */
export function docxOf(person: Person): Promise<Buffer> {
  const children = linesOf(person).map(({ text, kind }) =>
    kind === 'item'
      ? new Paragraph({ text, bullet: { level: 0 } })
      : new Paragraph({ text, heading: kind === 'name' ? HeadingLevel.TITLE : HeadingLevel.HEADING_2 }),
  )
  return Packer.toBuffer(new Document({ creator: 'Monofil samples', sections: [{ children }] }))
}

function linesOf({ name, role, years, language, work, skills, speaks }: Person): readonly Line[] {
  const words =
    language === 'fr'
      ? { work: 'Expérience', skills: 'Compétences', speaks: 'Langues', years: `${role}, ${years} ans de métier` }
      : { work: 'Work', skills: 'Skills', speaks: 'Languages', years: `${role}, ${years} years of work` }
  const item = (text: string): Line => ({ text, kind: 'item' })
  const heading = (text: string): Line => ({ text, kind: 'heading' })
  return [
    ...[{ text: name, kind: 'name' as const }, item(words.years), heading(words.work), ...work.map(item)],
    ...[heading(words.skills), item(skills.join(', ')), heading(words.speaks), item(speaks.join(', '))],
  ]
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
