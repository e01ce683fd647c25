export { DOCUMENT_ERRORS, DocumentError, type DocumentErrorCode } from './document-error.ts'
export { type DocumentText, isDocument, MAX_DOCUMENT_BYTES, readDocument } from './read-document.ts'
export { docxOf, type Line, pdfOf, scanPdf } from './write-document.ts'
