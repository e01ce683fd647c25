import { type NoticeTexts, notificationsEn } from '../text/notifications-en.ts'
import { notificationsFr } from '../text/notifications-fr.ts'
import { useTexts } from './context.ts'

/** The words of notifications in the reader's language. They come with what needs them: the first page does not. */
export function useNoticeTexts(): NoticeTexts {
  return useTexts().t.locale === 'fr' ? notificationsFr : notificationsEn
}
