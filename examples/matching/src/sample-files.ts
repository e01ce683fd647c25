import { docxOf, type Line, pdfOf } from '@monofil/example-documents'
import type { Person } from './sample-people.ts'

/** A CV as a PDF of one page, the same bytes each time. */
export function pdfCv(person: Person): Promise<Uint8Array> {
  return pdfOf(linesOf(person))
}

/** A CV as a Word document. Its text is the same each time; its zip carries the time it was made. */
export function docxCv(person: Person): Promise<Buffer> {
  return docxOf(linesOf(person))
}

function linesOf({ name, role, years, language, work, skills, speaks }: Person): readonly Line[] {
  const words =
    language === 'fr'
      ? { work: 'Expérience', skills: 'Compétences', speaks: 'Langues', years: `${role}, ${years} ans de métier` }
      : { work: 'Work', skills: 'Skills', speaks: 'Languages', years: `${role}, ${years} years of work` }
  const item = (text: string): Line => ({ text, kind: 'item' })
  const heading = (text: string): Line => ({ text, kind: 'heading' })
  return [
    ...[{ text: name, kind: 'title' as const }, item(words.years), heading(words.work), ...work.map(item)],
    ...[heading(words.skills), item(skills.join(', ')), heading(words.speaks), item(speaks.join(', '))],
  ]
}
