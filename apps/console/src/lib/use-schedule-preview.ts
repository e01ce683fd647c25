import type { NewSchedule } from '@monofil/client'
import type { Schedule } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useEffect, useState } from 'react'

/** What the hub says to a schedule that is not made yet. */
export interface Preview {
  readonly schedule: Schedule | null
  readonly error: Error | null
}

const NOTHING: Preview = { schedule: null, error: null }
/** Somebody types: the hub is asked when they pause. */
const PAUSE_MS = 250

/** Asks the hub for the times a request would have, without making it; the hub is the one that reads crons. */
export function useSchedulePreview(request: NewSchedule | null): Preview {
  const { client } = useMonofil()
  const [preview, setPreview] = useState(NOTHING)
  const asked = JSON.stringify(request)
  useEffect(() => {
    const wanted = JSON.parse(asked) as NewSchedule | null
    if (wanted === null) {
      setPreview(NOTHING)
      return
    }
    let isOld = false
    const timer = setTimeout(() => {
      client.api.schedules.create(wanted, { dryRun: true }).then(
        (schedule) => !isOld && setPreview({ schedule, error: null }),
        (error: Error) => !isOld && setPreview({ schedule: null, error }),
      )
    }, PAUSE_MS)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [client, asked])
  return preview
}
