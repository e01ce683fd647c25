export type { PushClick } from './clicks.ts'
export { type PushState, type PushStatus, type SubscribePush, subscribePush, unsubscribePush } from './subscribe.ts'
