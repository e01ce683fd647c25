/** A start button, and the run that it started or joined. */
import { MonofilProvider, StartButton, useRun, useStartRun } from '@monofil/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

declare global {
  interface Window {
    /** Clicks the button twice at this time (ms since 1970). */
    pressAt: (at: number) => void
  }
}

const INPUT = { folder: 'album' }

function Shown() {
  const { runId, blocked, error } = useStartRun('photos', { key: 'album' })
  const { run } = useRun(runId)
  return <p>{`${blocked ?? 'free'} ${runId ?? 'none'} ${run?.status ?? 'unknown'} ${error?.code ?? 'fine'}`}</p>
}

window.pressAt = (at) => {
  setTimeout(
    () => {
      while (Date.now() < at);
      const button = document.querySelector('button')
      button?.click()
      button?.click()
    },
    at - Date.now() - 15,
  )
}

const root = document.querySelector('#root')
if (root === null) throw new Error('no root')
createRoot(root).render(
  <StrictMode>
    <MonofilProvider url={location.origin}>
      <StartButton workflow="photos" runKey="album" input={INPUT} />
      <Shown />
    </MonofilProvider>
  </StrictMode>,
)
