import { pageConfig } from '@monofil/example-page/vite'

export default pageConfig(import.meta.dirname)
