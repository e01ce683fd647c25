import type { QueuedNotice } from '@monofil/protocol'
import type { Amount } from '../text/en.ts'
import type { NoticeTexts } from '../text/notifications-en.ts'

/** Users that are named; of more only how many they are. */
const NAMED = 3

/** Whom a notification is for, in words. */
export function targetWords(
  { users, roles, topics, all, except }: QueuedNotice['to'],
  { queue }: Pick<NoticeTexts, 'queue'>,
  amount: (count: number) => Amount,
): string {
  const parts = [
    ...(all ? [queue.everybody] : []),
    ...(users.length > NAMED ? [queue.users(amount(users.length))] : users),
    ...roles.map(queue.role),
    ...topics.map(queue.topic),
  ]
  const whom = parts.join(', ')
  return except.length === 0 ? whom : `${whom}, ${queue.except(except.slice(0, NAMED).join(', '))}`
}
