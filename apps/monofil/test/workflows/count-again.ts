export { default } from './count.ts'
