export { DEFAULT_RETENTION, Upkeep } from './retention.ts'
