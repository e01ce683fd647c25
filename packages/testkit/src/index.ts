export { type Cell, CONTROLS, ControlLab, controlCells } from './control-table.ts'
export { type Answer, type StartHub, startHub, type TestHub } from './server.ts'
export { type SseBlock, SseReader, type SseRequest } from './sse-reader.ts'
export { FakeClock } from './store-host.ts'
