export { createHub, type HubChoices, type HubServer, type ServeOptions, serve } from './serve.ts'
