/** A panel over the page that shows what the client does and why. For development, or for a page of one's operators. */
export { MonofilDevtools, type MonofilDevtoolsProps } from './MonofilDevtools.tsx'
