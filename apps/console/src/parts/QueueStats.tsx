import {
  DELIVERY_STATES,
  type DeliveryState,
  NOTICE_STATUSES,
  type NoticeQueueStatus,
  type NoticeStatus,
} from '@monofil/protocol'
import { useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'

interface QueueStatsProps {
  readonly status: NoticeQueueStatus
  readonly chosen: NoticeStatus | undefined
  /** Empty: every state. */
  readonly onChoose: (status: NoticeStatus | '') => void
}

/** How many notifications are in which state, each a filter of the list, and how long the oldest has waited. */
export function QueueStats({ status, chosen, onChoose }: QueueStatsProps) {
  const { f } = useTexts()
  const { queue: n } = useNoticeTexts()
  const { oldestAgeMs } = status
  return (
    <div className="queue-stats">
      {NOTICE_STATUSES.map((one) => (
        <button
          key={one}
          type="button"
          className="card queue-stat"
          data-state={status[one] > 0 ? one : undefined}
          aria-pressed={chosen === one}
          onClick={() => onChoose(chosen === one ? '' : one)}
        >
          <span className="muted">{n.status[one]}</span>
          <strong className="figure">{f.number(status[one])}</strong>
          <span className="faint">{n.hints[one]}</span>
        </button>
      ))}
      <div className="card queue-stat">
        <span className="muted">{n.oldest}</span>
        <strong className="figure">{oldestAgeMs === null ? '–' : f.duration(oldestAgeMs)}</strong>
        {oldestAgeMs === null && <span className="faint">{n.nothingWaits}</span>}
      </div>
    </div>
  )
}

/** Deliveries by channel and state. */
export function QueueChannels({ channels }: Pick<NoticeQueueStatus, 'channels'>) {
  const { f } = useTexts()
  const { queue: n, channels: names } = useNoticeTexts()
  return (
    <section className="card queue-channels" aria-label={n.deliveries}>
      <table>
        <thead>
          <tr>
            <th scope="col">{n.deliveries}</th>
            {DELIVERY_STATES.map((state) => (
              <th key={state} scope="col" title={n.stateHints[state]}>
                {n.states[state]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(['live', 'push'] as const).map((channel) => (
            <tr key={channel}>
              <th scope="row">{names[channel]}</th>
              {DELIVERY_STATES.map((state) => (
                <Cell
                  key={state}
                  state={state}
                  count={channels[channel][state]}
                  text={f.number(channels[channel][state])}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface CellProps {
  readonly state: DeliveryState
  readonly count: number
  readonly text: string
}

function Cell({ state, count, text }: CellProps) {
  const { queue: n } = useNoticeTexts()
  return (
    <td className={`figure${count === 0 ? ' faint' : ''}${state === 'failed' && count > 0 ? ' is-bad' : ''}`}>
      <span className="queue-cell-name">{n.states[state]}</span>
      {text}
    </td>
  )
}
