/**
 * What tickets need beside a signature. All of it is small and passes: a used ticket is remembered for the 30 s in which
 * it could be used again, rights for as long as they hold.
 */
export interface TicketStore {
  /**
   * What the hubs of this store sign tickets with where no secret is configured: 32 random bytes in base64url, made at
   * the first call and the same ever after, for every hub and across restarts.
   */
  secret(): Promise<string>
  /**
   * Says that a ticket is used, and remembers it until `untilMs` (since 1970) at least. True for exactly one call per
   * id, whoever calls and whatever dies in between, also where clocks differ by minutes; kept before it is answered.
   */
  use(id: string, untilMs: number): Promise<boolean>
  /** Keeps rights under an id until `untilMs`; the same again only moves that time forward. */
  keep(id: string, rightsJson: string, untilMs: number): Promise<void>
  /** Rights that were kept; undefined when they are gone, which may be long after their time. */
  rights(id: string): Promise<string | undefined>
}
