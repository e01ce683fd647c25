export type { Durability } from './database.ts'
export type { Opened } from './recovery.ts'
export type { SqliteStore, SqliteStoreOptions } from './store.ts'
export { openSqliteStore } from './store.ts'
