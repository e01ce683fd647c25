import type { PushStatus } from '@monofil/client/push'
import { useMonofil } from '@monofil/react'
import { Bell, BellOff } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { pushStatus, turnOffPush, turnOnPush } from '../lib/browser-push.ts'
import { useConsole, usePreference } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { ErrorPanel } from './ErrorPanel.tsx'
import { SettingCard } from './SettingCard.tsx'
import { Skeleton } from './Skeleton.tsx'

/** Pushes to this browser, on or off, or why they cannot be. */
export function PushSetting({ user }: { readonly user: string | null }) {
  const { settings: n } = useNoticeTexts()
  const { status, failed, isBusy, turn, read } = usePush(user)
  const isOn = status === 'subscribed'
  const Icon = isOn ? Bell : BellOff
  return (
    <SettingCard title={n.push} body={n.pushBody}>
      {status === null && failed === null && <Skeleton width="40%" height="32px" />}
      <p className="push-status" role="status">
        {status !== null && (
          <>
            <Icon className={`icon ${isOn ? 'is-on' : ''}`} aria-hidden />
            <span>{n.pushStatus[status]}</span>
          </>
        )}
      </p>
      {(isOn || status === 'undecided') && (
        <div>
          <button type="button" className="button" disabled={isBusy} onClick={() => turn(!isOn)}>
            {isOn ? n.pushOff : n.pushOn}
          </button>
        </div>
      )}
      {failed !== null && <ErrorPanel error={failed} title={n.pushFailed} onRetry={read} />}
    </SettingCard>
  )
}

function usePush(user: string | null) {
  const { client } = useMonofil()
  const { push } = useConsole()
  const [wanted, want] = usePreference(push)
  const isWanted = user !== null && wanted === user
  const [status, setStatus] = useState<PushStatus | null>(null)
  const [failed, setFailed] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const read = useCallback(() => {
    setFailed(null)
    pushStatus(client, isWanted).then(setStatus, setFailed)
  }, [client, isWanted])
  useEffect(read, [read])
  const turn = (isOn: boolean) => {
    setBusy(true)
    setFailed(null)
    const done = isOn ? turnOnPush(client) : turnOffPush(client).then(() => 'undecided' as const)
    done
      .then((next) => {
        setStatus(next)
        if (next === 'subscribed') want(user)
        if (!isOn) want(null)
      }, setFailed)
      .finally(() => setBusy(false))
  }
  return { status, failed, isBusy, turn, read }
}
