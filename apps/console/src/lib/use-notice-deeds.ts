import type { QueuedNotice } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useState } from 'react'
import { useNoticeTexts } from './notice-texts.ts'
import { retryNotice, takeBackNotice } from './queue-api.ts'

export type NoticeDeed = 'retry' | 'take-back'

/** What an operator calls a notification. */
export function titleOf({ title, message, id }: Pick<QueuedNotice, 'title' | 'message' | 'id'>): string {
  return title ?? message ?? id
}

/** Asks the hub to retry or to take back, and says what came of it. */
export function useNoticeDeeds(refresh: () => void) {
  const { client } = useMonofil()
  const { queue } = useNoticeTexts()
  const [busy, setBusy] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const [failed, setFailed] = useState<Error | null>(null)
  const act = (notice: QueuedNotice, deed: NoticeDeed): void => {
    const title = titleOf(notice)
    setBusy(notice.id)
    setSaid('')
    setFailed(null)
    const asked = deed === 'retry' ? retryNotice(client, notice.id) : takeBackNotice(client, notice.id)
    asked
      .then(() => setSaid(deed === 'retry' ? queue.retried(title) : queue.takenBack(title)), setFailed)
      .finally(() => {
        setBusy(null)
        refresh()
      })
  }
  return { busy, said, failed, act }
}
