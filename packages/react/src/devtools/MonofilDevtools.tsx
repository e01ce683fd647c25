import type { MonofilClient } from '@monofil/client'
import { type ReactNode, useCallback, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { useClient } from '../MonofilProvider.tsx'
import { Badge } from './Badge.tsx'
import { Panel } from './Panel.tsx'
import { styles } from './styles.ts'
import { useDebug } from './use-debug.ts'

export interface MonofilDevtoolsProps {
  /** Default: the nearest provider's. */
  readonly client?: MonofilClient | undefined
  /** Which corner of the window: `bottom-right`. */
  readonly corner?: 'bottom-right' | 'bottom-left' | 'top-right' | 'top-left' | undefined
  /** Default: what the browser prefers. */
  readonly theme?: 'auto' | 'light' | 'dark' | undefined
  /** Whether it is expanded at first. Default false. */
  readonly open?: boolean | undefined
}

/**
 * A badge that tells role, status and number of streams, and expands to a panel: every field of `debug()`, the topics,
 * the flight recorder's newest entries, and buttons to reconnect, disconnect and copy a report. Lives in a shadow root,
 * so that neither its styles nor the page's leave their place. Nothing on a server.
 */
export function MonofilDevtools({ client, ...rest }: MonofilDevtoolsProps): ReactNode {
  return client ? <Shadow client={client} {...rest} /> : <OfProvider {...rest} />
}

type ShadowProps = MonofilDevtoolsProps & { readonly client: MonofilClient }

function OfProvider(props: Omit<MonofilDevtoolsProps, 'client'>): ReactNode {
  return <Shadow client={useClient()} {...props} />
}

function Shadow(props: ShadowProps): ReactNode {
  const [root, setRoot] = useState<ShadowRoot | null>(null)
  const attach = useCallback((host: HTMLElement | null) => {
    if (host !== null) setRoot(host.shadowRoot ?? styled(host.attachShadow({ mode: 'open' })))
  }, [])
  const { corner = 'bottom-right', theme = 'auto' } = props
  return (
    <div ref={attach} data-monofil-devtools="" data-corner={corner} data-theme={theme}>
      {root && createPortal(<Devtools {...props} />, root)}
    </div>
  )
}

function Devtools({ client, open: first = false }: ShadowProps): ReactNode {
  const [open, setOpen] = useState(first)
  const debug = useDebug(client, open ? 500 : 1000)
  const badge = useRef<HTMLButtonElement>(null)
  const collapse = useCallback(() => {
    setOpen(false)
    // Who used the keyboard goes on where the panel began, once that is there again.
    requestAnimationFrame(() => badge.current?.focus())
  }, [])
  if (!open) return <Badge buttonRef={badge} debug={debug} onOpen={() => setOpen(true)} />
  return <Panel client={client} debug={debug} onCollapse={collapse} />
}

/** A sheet that is made by script is no inline style: a content security policy has nothing against it. */
function styled(root: ShadowRoot): ShadowRoot {
  if ('adoptedStyleSheets' in root && typeof CSSStyleSheet === 'function' && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(styles)
    root.adoptedStyleSheets = [sheet]
    return root
  }
  const element = root.ownerDocument.createElement('style')
  element.textContent = styles
  root.append(element)
  return root
}
