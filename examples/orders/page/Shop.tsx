import { inboxApi } from '@monofil/client/inbox'
import { useConnection, useMonofil } from '@monofil/react'
import { Toasts } from '@monofil/react/inbox'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Order, Session } from '../src/order.ts'
import { deleteOrder, restoreOrder, ShopError } from './api.ts'
import { Header } from './Header.tsx'
import { OrderDialog } from './OrderDialog.tsx'
import { OrderPages } from './OrderPages.tsx'
import { OrderTable } from './OrderTable.tsx'
import { SelectionBar } from './SelectionBar.tsx'
import { type Note, Snackbar } from './Snackbar.tsx'
import { useText } from './TextProvider.tsx'
import { Toolbar } from './Toolbar.tsx'
import { useOrders } from './use-orders.ts'
import { useView } from './use-view.ts'

const SIZE = 25

interface ShopProps {
  readonly session: Session
  /** Whether the session began in this tab. */
  readonly isNew: boolean
  readonly onSignOut: () => void
  readonly onExpired: () => void
}

/** The table of orders with all that can be done. */
export function Shop({ session, isNew, onSignOut, onExpired }: ShopProps): ReactNode {
  const { text, language } = useText()
  const [view, change] = useView()
  const { search, status, sort, direction, page } = view
  const query = useMemo(
    () => ({ search, status, sort, direction, page, size: SIZE }),
    [search, status, sort, direction, page],
  )
  const orders = useOrders(session.topic, query)
  const [selected, select] = useState<ReadonlySet<number>>(new Set())
  const [note, say] = useState<Note | null>(null)
  useLanguageOfNotices(isNew, language)
  const { status: connection } = useConnection()
  // Either says that the session may be over; who asks anew is told.
  const isExpired =
    connection === 'failed' || (orders.refetchError instanceof ShopError && orders.refetchError.code === 'unauthorized')
  useEffect(() => {
    if (isExpired) onExpired()
  }, [isExpired, onExpired])
  const failed = useCallback(
    (error: unknown) => say({ words: text.failed(error instanceof ShopError ? error.message : String(error)) }),
    [text],
  )
  const onDeleted = useCallback(
    (order: Order) => {
      const undo = () =>
        restoreOrder(order.id, order.version).then(({ id }) => say({ words: text.restored(id) }), failed)
      say({ words: text.deleted(order.id), undo: () => void undo() })
    },
    [text, failed],
  )
  const chosen = (orders.page?.orders ?? []).filter(({ id }) => selected.has(id))
  const remove = ({ id, version }: Order) => void deleteOrder(id, version).then(onDeleted, failed)
  return (
    <>
      <Header session={session} onSignOut={onSignOut} />
      <main id="orders" tabIndex={-1}>
        <h1 className="unseen">{text.title}</h1>
        <Toolbar view={view} change={change} orders={orders} />
        {chosen.length > 0 && <SelectionBar chosen={chosen} select={select} say={say} />}
        <OrderTable {...{ view, change, orders, selected, select, remove }} people={session.people} />
        <OrderPages view={view} change={change} total={orders.page?.total ?? 0} size={SIZE} />
      </main>
      {view.open !== null && (
        <OrderDialog
          key={view.open}
          which={view.open}
          people={session.people}
          onClose={() => change({ open: null })}
          onDeleted={onDeleted}
        />
      )}
      <Snackbar note={note} onGone={() => say(null)} />
      <Toasts locale={language} />
    </>
  )
}

/** Notifications come in the language of the page: kept for the user where they sign in or choose another one. */
function useLanguageOfNotices(isNew: boolean, language: string): void {
  const { client } = useMonofil()
  const said = useRef(isNew ? null : language)
  useEffect(() => {
    if (said.current === language) return
    said.current = language
    const api = inboxApi(client)
    api
      .preferences()
      .then((kept) => (kept.language === language ? kept : api.setPreferences({ ...kept, language })))
      // Said again with the next choice; until then they come in the language of before.
      .catch(() => {})
  }, [client, language])
}
