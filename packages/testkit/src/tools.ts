import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const PLACES = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/usr/local/bin']

/** Path of the Python 3 that runs the reporters: PYTHON_PATH, else the first `python3` found in PATH; else undefined. */
export function pythonPath(): string | undefined {
  return findTool('python3', process.env['PYTHON_PATH'])
}

/** Path of the curl that runs the reporters: CURL_PATH, else the first found in PATH; else undefined. */
export function curlPath(): string | undefined {
  return findTool('curl', process.env['CURL_PATH'])
}

/** Path of the pdftotext that reads our PDFs: PDFTOTEXT_PATH, else the first found in PATH; else undefined. */
export function pdfToTextPath(): string | undefined {
  return findTool('pdftotext', process.env['PDFTOTEXT_PATH'])
}

/** `named` if it can be run, else the first of this name in PATH and where systems put servers; else undefined. */
export function findTool(name: string, named: string | undefined): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...PLACES]
  const candidates = named === undefined ? folders.map((folder) => join(folder, name)) : [named]
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
