/** The model of a run that asks none. Alone in its file: the page in the browser says it too. */
export const OFFLINE = 'offline'
