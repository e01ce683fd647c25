import '@fontsource-variable/inter/wght.css'
import '@monofil/react/styles.css'
import '@monofil/example-page/base.css'
import './page.css'
import './photos.css'
import { MonofilProvider } from '@monofil/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with the id root')
createRoot(root).render(
  <StrictMode>
    {/* The page's own server passes the hub's calls on, so the hub is where the page is. */}
    <MonofilProvider url={location.origin}>
      <App />
    </MonofilProvider>
  </StrictMode>,
)
