export type { Deed, Deeds, RunFacts } from './can.ts'
export { can, OPERATOR_ROLE, viewerOf } from './can.ts'
export { developmentAuthenticator } from './development.ts'
