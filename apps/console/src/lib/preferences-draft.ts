import { NOTICE_CHANNELS, type NoticeChannel, type NoticePreferences, type Severity } from '@monofil/protocol'

/** One line of what is muted, as the form has it; `key` tells lines apart while they are edited. */
export interface MuteDraft {
  readonly key: number
  readonly module: string
  /** Empty: every severity. */
  readonly severity: Severity | ''
  readonly channels: readonly NoticeChannel[]
}

/** Preferences as the form has them: what is switched off keeps what was written. */
export interface PreferencesDraft {
  /** Empty: as the sender writes. */
  readonly language: string
  readonly mutes: readonly MuteDraft[]
  readonly isQuiet: boolean
  readonly from: string
  readonly to: string
  readonly timezone: string
  /** 0 is Sunday. */
  readonly days: readonly number[]
  readonly isDigest: boolean
  readonly after: string
  /** In seconds. */
  readonly window: string
}

export const EVERY_DAY: readonly number[] = [1, 2, 3, 4, 5, 6, 0]

/** The form of what the hub has; `zone` is offered where no quiet hours are kept. */
export function draftOf(known: NoticePreferences, zone: string): PreferencesDraft {
  const { language, mute, quietHours, digest } = known
  return {
    language: language ?? '',
    mutes: mute.map(({ module = '', severity, channels = NOTICE_CHANNELS }, key) => ({
      ...{ key, module, channels },
      severity: severity ?? '',
    })),
    isQuiet: quietHours !== null,
    from: quietHours?.from ?? '22:00',
    to: quietHours?.to ?? '07:00',
    timezone: quietHours?.timezone ?? zone,
    days: quietHours?.days ?? EVERY_DAY,
    isDigest: digest !== null,
    after: String(digest?.after ?? 5),
    window: String((digest?.windowMs ?? 60_000) / 1_000),
  }
}

/** A line that mutes nothing yet. */
export function emptyMute(mutes: readonly MuteDraft[]): MuteDraft {
  const key = Math.max(-1, ...mutes.map((one) => one.key)) + 1
  return { key, module: '', severity: '', channels: NOTICE_CHANNELS }
}

/** What the hub is asked to keep. What cannot be read as a number is sent as 0, which it refuses by its field. */
export function preferencesOf(draft: PreferencesDraft): NoticePreferences {
  const { language, mutes, isQuiet, from, to, timezone, days, isDigest, after, window } = draft
  const isEveryDay = EVERY_DAY.every((day) => days.includes(day))
  return {
    language: language.trim() === '' ? null : language.trim(),
    mute: mutes.map(({ module, severity, channels }) => ({
      ...(module.trim() === '' ? {} : { module: module.trim() }),
      ...(severity === '' ? {} : { severity }),
      ...(NOTICE_CHANNELS.every((channel) => channels.includes(channel)) ? {} : { channels }),
    })),
    quietHours: isQuiet
      ? { from, to, timezone: timezone.trim(), ...(isEveryDay ? {} : { days: days.toSorted() }) }
      : null,
    digest: isDigest ? { after: wholeOf(after), windowMs: wholeOf(window) * 1_000 } : null,
  }
}

function wholeOf(text: string): number {
  const number = Number(text)
  return text.trim() !== '' && Number.isSafeInteger(number) ? number : 0
}

/** The path that a refusal names, as `quietHours.timezone` or `mute[0]`; null: none. */
export function refusedPath(error: Error | null): string | null {
  const { field } = (error !== null && 'details' in error ? error.details : {}) as { readonly field?: unknown }
  return typeof field === 'string' && field !== '' ? field : null
}
