import { createClient } from '@monofil/client'
import { MonofilProvider } from '@monofil/react'
import type { ReactNode } from 'react'
import { book } from './book.ts'

const VERSION = 0

// As many applications do it: at the module's top, so that each hot update makes another and closes none.
const client = createClient({ url: location.origin, share: 'tab' })
book().clients.push(client)
book().versions['hub'] = VERSION

/** A tree on the module's own client. */
export function Hub({ children }: { children: ReactNode }) {
  return <MonofilProvider client={client}>{children}</MonofilProvider>
}
