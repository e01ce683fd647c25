declare global {
  interface Window {
    /** Every word that came to this tab over a channel, as JSON. */
    heard: string[]
    /** The names of the channels it opened, or were opened in it. */
    channels: string[]
    /** Words come to nobody any more: the channels of this tab are deaf. */
    deaf: boolean
    /** Nor do words of this tab come to anybody. */
    mute: boolean
  }
}

/** Runs in a page before its scripts: every BroadcastChannel tells what comes to it. */
export function overhear(): void {
  window.heard = []
  window.channels = []
  const { BroadcastChannel } = window
  window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name: string) {
      super(name)
      window.channels.push(name)
      this.addEventListener('message', ({ data }) => window.heard.push(JSON.stringify(data)))
    }
  }
}

/** Runs in a page before its scripts: its channels are deaf once `window.deaf` is set, and mute by `window.mute`. */
export function mayGoDeaf(): void {
  const { BroadcastChannel } = window
  window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name: string) {
      super(name)
      // The first listener there is: what it stops comes to no other.
      this.addEventListener('message', (event) => {
        if (window.deaf) event.stopImmediatePropagation()
      })
    }

    override postMessage(message: unknown): void {
      if (!window.mute) super.postMessage(message)
    }
  }
}
