import '@fontsource-variable/inter/wght.css'
import '@monofil/react/styles.css'
import '@monofil/react/inbox.css'
import './page.css'
import './orders.css'
import './dialog.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { TextProvider } from './TextProvider.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with the id root')
createRoot(root).render(
  <StrictMode>
    <TextProvider>
      <App />
    </TextProvider>
  </StrictMode>,
)
