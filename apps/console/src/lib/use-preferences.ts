import { inboxApi } from '@monofil/client/inbox'
import type { NoticePreferences } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useCallback, useEffect, useState } from 'react'
import { draftOf, type PreferencesDraft, preferencesOf } from './preferences-draft.ts'
import { ownZone } from './schedule-times.ts'

/** The reader's preferences as they are edited. A refusal, and a hub that is away, leave what was written. */
export interface PreferencesForm {
  /** Null: not read yet. */
  readonly draft: PreferencesDraft | null
  readonly change: (next: Partial<PreferencesDraft>) => void
  readonly isChanged: boolean
  readonly state: 'idle' | 'saving' | 'saved'
  readonly unread: Error | null
  readonly refused: Error | null
  readonly save: () => void
  readonly revert: () => void
  readonly read: () => void
}

export function usePreferences(): PreferencesForm {
  const { client } = useMonofil()
  const [known, setKnown] = useState<NoticePreferences | null>(null)
  const [draft, setDraft] = useState<PreferencesDraft | null>(null)
  const [state, setState] = useState<'idle' | 'saving' | 'saved'>('idle')
  const [unread, setUnread] = useState<Error | null>(null)
  const [refused, setRefused] = useState<Error | null>(null)
  const take = useCallback((preferences: NoticePreferences) => {
    setKnown(preferences)
    setDraft(draftOf(preferences, ownZone()))
  }, [])
  const read = useCallback(() => {
    setUnread(null)
    inboxApi(client).preferences().then(take, setUnread)
  }, [client, take])
  useEffect(read, [read])
  const change = (next: Partial<PreferencesDraft>) => {
    setRefused(null)
    setState('idle')
    setDraft((old) => old && { ...old, ...next })
  }
  const save = () => {
    if (draft === null) return
    setRefused(null)
    setState('saving')
    inboxApi(client)
      .setPreferences(preferencesOf(draft))
      .then(
        (preferences) => {
          // What was switched off stays in the form: only what the hub has is taken as known.
          setKnown(preferences)
          setState('saved')
        },
        (error: Error) => {
          setRefused(error)
          setState('idle')
        },
      )
  }
  const revert = () => {
    setRefused(null)
    setState('idle')
    if (known !== null) take(known)
  }
  const isChanged = draft !== null && JSON.stringify(preferencesOf(draft)) !== JSON.stringify(inOrder(known))
  return { draft, change, isChanged, state, unread, refused, save, revert, read }
}

/** The hub may answer the fields in another order. */
function inOrder(known: NoticePreferences | null): NoticePreferences | null {
  return known && preferencesOf(draftOf(known, ''))
}
