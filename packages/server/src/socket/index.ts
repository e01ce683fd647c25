export type { ConnectSocketOptions, SocketConnection } from './connect-socket.ts'
export { connectSocket } from './connect-socket.ts'
export type { ServeSocketOptions, SocketServer } from './serve-socket.ts'
export { serveSocket } from './serve-socket.ts'
