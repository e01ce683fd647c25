/**
 * Stands in a page where the browser's vendor would be, since a browser without its vendor cannot subscribe. It lives as
 * long as the browser's site data, and asks the test's `vendorSubscribes` for a subscription with a key.
 */
export function vendor(): void {
  const base64url = (bytes: ArrayBuffer) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')
  const made = (json: PushSubscriptionJSON, key: number[]) => ({
    ...{ endpoint: json.endpoint, options: { applicationServerKey: Uint8Array.from(key).buffer } },
    toJSON: () => json,
    unsubscribe: () => Promise.resolve(localStorage.removeItem('vendor')),
  })
  Object.assign(PushManager.prototype, {
    async subscribe({ applicationServerKey: key }: { applicationServerKey: Uint8Array<ArrayBuffer> }) {
      const { vendorSubscribes } = window as unknown as { vendorSubscribes(key: string): Promise<PushSubscriptionJSON> }
      const json = await vendorSubscribes(base64url(key.slice().buffer))
      localStorage.setItem('vendor', JSON.stringify([json, [...key]]))
      return made(json, [...key])
    },
    async getSubscription() {
      const kept = localStorage.getItem('vendor')
      return kept === null ? null : made(...(JSON.parse(kept) as [PushSubscriptionJSON, number[]]))
    },
  })
}
