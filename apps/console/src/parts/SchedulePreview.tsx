import type { Schedule } from '@monofil/protocol'
import { useNow, useTexts } from '../lib/context.ts'
import { timeIn } from '../lib/schedule-times.ts'

/** The next times of a schedule that is not made yet, in words. */
export function SchedulePreview({ schedule }: { readonly schedule: Schedule | null }) {
  const { t, f } = useTexts()
  const now = useNow()
  return (
    <section className="schedule-preview" aria-label={t.schedules.form.next} aria-live="polite">
      <h3>{t.schedules.form.next}</h3>
      {schedule === null ? (
        <p className="faint">{t.schedules.form.nextNone}</p>
      ) : (
        <ol>
          {schedule.upcoming.map((at) => (
            <li key={at}>
              <time dateTime={at}>{timeIn(at, f.locale, schedule.timezone ?? undefined)}</time>
              <span className="faint">{f.relative(at, now)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
