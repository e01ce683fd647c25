import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { findTool } from './tools.ts'

/** Path of the nginx to test with: NGINX_PATH, else the first found in PATH and where systems put it; else undefined. */
export function nginxPath(): string | undefined {
  return findTool('nginx', process.env['NGINX_PATH'])
}

/** What an nginx of one test serves. */
export interface NginxOptions {
  /** `http://host:port` of the hub, or `http://name` of an `upstream` that `http` has. */
  readonly upstream: string
  /** Lines for `location /`, after `proxy_pass`. Left out: none, as it is after installation. */
  readonly location?: readonly string[] | undefined
  /** Lines for `http`. */
  readonly http?: readonly string[] | undefined
  /** Lines for `server`. */
  readonly server?: readonly string[] | undefined
  /** Connections of its one worker: 768, as Debian has it. */
  readonly connections?: number | undefined
}

/** An nginx of its own: nothing of the system's configuration, files or ports. */
export interface Nginx {
  /** HTTP/1.1 without encryption. */
  readonly url: string
  /** HTTP/1.1 and HTTP/2 over TLS, with a certificate that nobody has signed. */
  readonly tlsUrl: string
  /** Lines of its access log: status, protocol, method, path. */
  requests(): Promise<string[]>
  errors(): Promise<string>
  /** Ends it and removes its folder. */
  close(): Promise<void>
}

/** Starts nginx in the foreground, in a folder of its own, on two free ports of the loopback. */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const nginx = nginxPath()
  if (nginx === undefined) throw new Error('nginx is missing: run `node scripts/prerequisites.ts`')
  const folder = await mkdtemp(join(tmpdir(), 'monofil-nginx-'))
  // Its workers may run as another user than this one.
  await chmod(folder, 0o755)
  await mkdir(join(folder, 'temp'))
  const [port, tlsPort] = [await freePort(), await freePort()]
  await makeCertificate(folder)
  await writeFile(join(folder, 'nginx.conf'), configuration({ ...options, folder, port, tlsPort }))
  const child = spawn(nginx, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stop = () => void child.kill('SIGTERM')
  process.once('exit', stop)
  const errors = () => readFile(join(folder, 'error.log'), 'utf8').catch(() => '')
  async function close(): Promise<void> {
    process.off('exit', stop)
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      stop()
      await ended
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await listening(child, port)
    await listening(child, tlsPort)
  } catch (cause) {
    const words = await errors()
    await close()
    throw new Error(`nginx did not start: ${words}`, { cause })
  }
  return {
    url: `http://127.0.0.1:${port}`,
    tlsUrl: `https://127.0.0.1:${tlsPort}`,
    requests: async () =>
      (await readFile(join(folder, 'access.log'), 'utf8')).split('\n').filter((line) => line !== ''),
    errors,
    close,
  }
}

function configuration(
  options: NginxOptions & { readonly folder: string; readonly port: number; readonly tlsPort: number },
): string {
  const { folder, upstream, location = [], http = [], server = [], connections = 768, port, tlsPort } = options
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${join(folder, 'temp', name)};`,
  )
  return `${process.getuid?.() === 0 ? 'user root;\n' : ''}daemon off;
worker_processes 1;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')};
events { worker_connections ${connections}; }
http {
${temp.join('\n')}
  log_format short '$status $server_protocol $request_method $uri';
  access_log ${join(folder, 'access.log')} short;
${http.map((line) => `  ${line}`).join('\n')}
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${tlsPort} ssl http2;
    ssl_certificate ${join(folder, 'cert.pem')};
    ssl_certificate_key ${join(folder, 'key.pem')};
${server.map((line) => `    ${line}`).join('\n')}
    location / {
      proxy_pass ${upstream};
${location.map((line) => `      ${line}`).join('\n')}
    }
  }
}
`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`nothing listens on ${port}`)
}
