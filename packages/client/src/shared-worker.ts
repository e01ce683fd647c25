/** The script of the shared worker, for pages without Web Locks: see the client's option `worker`. */
import { WorkerHost } from './sharing/worker-host.ts'

const host = new WorkerHost()
const scope = globalThis as unknown as { onconnect: (event: MessageEvent) => void }
scope.onconnect = ({ ports }) => {
  for (const port of ports) host.connect(port)
}
