export { json, refuse, sendFile } from './answers.ts'
export { type PageOptions, type PageServer, type Route, servePage } from './page-server.ts'
