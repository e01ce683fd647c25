import type { MonofilClient } from '@monofil/client'
import { flightOf, redact } from '@monofil/client/recorder'

/** Puts a report into the clipboard, or into a file where the page may not use that; says in words what it did. */
export async function copyReport(client: MonofilClient): Promise<string> {
  const recorder = flightOf(client)
  const report = recorder ? recorder.export() : { format: 'monofil-debug', clients: [redact(client.debug())] }
  const text = JSON.stringify(report, null, 1)
  const size = `${Math.ceil(text.length / 1024)} kB`
  try {
    await navigator.clipboard.writeText(text)
    return `Report copied, ${size}`
  } catch {
    // Plain http, or a page that was not given leave.
    return `Report saved as ${save(text)}, ${size}`
  }
}

function save(text: string): string {
  const name = `monofil-report-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
  return name
}
