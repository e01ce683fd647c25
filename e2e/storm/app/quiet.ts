import { createClient, type MonofilClient } from '@monofil/client'

declare global {
  interface Window {
    client: MonofilClient
  }
}

window.client = createClient({ url: location.origin, share: 'tab', token: 'quiet', lingerMs: 100 })
