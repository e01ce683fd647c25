import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { docxOf, isDocument, type Line, MAX_DOCUMENT_BYTES, pdfOf, readDocument, scanPdf } from './index.ts'

const LINES: readonly Line[] = [
  { kind: 'title', text: 'Lampe de bureau Éclair' },
  { kind: 'heading', text: 'Détails' },
  { kind: 'item', text: 'Matière : chêne et laiton brossé' },
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monofil-documents-'))
  const files: Record<string, string | Uint8Array> = {
    'odd name (1).pdf': await pdfOf(LINES),
    'x[1717].docx': await docxOf(LINES),
    'plain.txt': `${LINES.map(({ text }) => text).join('\r\n')}\r\n`,
    'scan.pdf': await scanPdf(),
    'text.pdf': 'this is no PDF, whatever its name says',
    'cut.docx': (await docxOf(LINES)).subarray(0, 200),
    'latin1.txt': Buffer.from('d\xe9j\xe0 vu, encore et toujours la meme chose', 'latin1'),
    'large.txt': 'x'.repeat(MAX_DOCUMENT_BYTES + 1),
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(['odd name (1).pdf', 'x[1717].docx', 'plain.txt'])('reads %s, line by line', async (file) => {
  const document = await readDocument(folder, file)
  expect(document).toMatchObject({ file, title: 'Lampe de bureau Éclair' })
  expect(document.text.split('\n').at(-1)).toContain('chêne et laiton brossé')
})

test.each([
  ['scan.pdf', 'no_text'],
  ['text.pdf', 'not_a_document'],
  ['cut.docx', 'not_a_document'],
  ['latin1.txt', 'not_a_document'],
  ['large.txt', 'too_large'],
  ['missing.txt', 'unreadable'],
  ['photo.jpg', 'not_a_document'],
])('says why %s gives no text: %s', async (file, code) => {
  const error: unknown = await readDocument(folder, file).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'DocumentError', code })
  expect((error as Error).message).toContain(file)
})

test('leaves alone what an editor left behind', () => {
  const names = ['a.pdf', 'b.DOCX', 'c.txt', '~$b.docx', '.hidden.pdf', 'd.jpg', 'pdf']
  expect(names.filter(isDocument)).toEqual(['a.pdf', 'b.DOCX', 'c.txt'])
})
