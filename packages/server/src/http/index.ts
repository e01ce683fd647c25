export { isSubnet, type TrustProxy } from './client-address.ts'
export { DEVELOPMENT_LIMITS, LIMITS, type Limits } from './limits.ts'
export type { Published } from './publish.ts'
export { createHub, type HubChoices, type HubServer, type ServeOptions, serve } from './serve.ts'
