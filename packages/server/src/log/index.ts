export { DEFAULT_RETENTION, DEFAULT_RUN_RETENTION, Upkeep } from './retention.ts'
