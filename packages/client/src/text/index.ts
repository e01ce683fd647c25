export type { TextKey } from './text-fold.ts'
export type { TextView } from './watch-text.ts'
export { watchText } from './watch-text.ts'
