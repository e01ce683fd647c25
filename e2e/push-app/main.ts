import { createClient } from '@monofil/client'
import { subscribePush, unsubscribePush } from '@monofil/client/push'

const client = createClient()
const shown = document.querySelector('p') as HTMLElement
const subscribe = async (ask: boolean): Promise<void> => {
  const onClick = ({ id, link }: { id: string; link: string | null }) => {
    window.clicks += 1
    shown.textContent = `clicked ${id} ${link}`
  }
  const { status } = await subscribePush(client, { serviceWorkerUrl: '/console/service-worker.js', ask, onClick })
  shown.textContent = status
}
document.querySelector('button')?.addEventListener('click', () => void subscribe(true))

declare global {
  interface Window {
    clicks: number
    load(): Promise<void>
    signOut(): Promise<void>
  }
}
window.clicks = 0
window.load = () => subscribe(false)
window.signOut = () => unsubscribePush(client)
