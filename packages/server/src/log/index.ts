export { DEFAULT_RETENTION, Upkeep, type UpkeepOptions } from './retention.ts'
