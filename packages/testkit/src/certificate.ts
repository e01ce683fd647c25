import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { findTool } from './tools.ts'

/** Path of openssl, which makes certificates: OPENSSL_PATH, else the first found in PATH; else undefined. */
export function opensslPath(): string | undefined {
  return findTool('openssl', process.env['OPENSSL_PATH'])
}

/** Makes `key.pem` and `cert.pem` for 127.0.0.1 in a folder, good for two days and signed by nobody. */
export async function makeCertificate(folder: string): Promise<void> {
  const openssl = opensslPath()
  if (openssl === undefined) throw new Error('openssl is missing: run `node scripts/prerequisites.ts`')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const child = spawn(openssl, ['req', '-x509', ...key, ...name, ...files], { stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`openssl made no certificate: it ended with ${code}`)
}
