/** The shop in a process of its own, which dies by SIGKILL at the first change: before it is sent, or once it was. */
import { openApp } from '../../examples/orders/src/app.ts'
import type { Change } from '../../examples/orders/src/order.ts'
import type { Tell } from '../../examples/orders/src/outbox.ts'

const [data = '', pageDir = '', port = '0', pagePort = '0', dies = 'never'] = process.argv.slice(2)
const die = () => process.kill(process.pid, 'SIGKILL')
const line = (message: string, fields?: object) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`)

const app = await openApp({
  ...{ data, pageDir, port: Number(port), pagePort: Number(pagePort) },
  logger: { debug: () => {}, info: () => {}, warn: line, error: line },
  tell: (toHub: Tell) => async (change: Change) => {
    if (dies === 'unsent') die()
    await toHub(change)
    if (dies === 'sent') die()
  },
})
process.stdout.write(`${JSON.stringify({ hub: app.hub.url, page: app.page.url })}\n`)
