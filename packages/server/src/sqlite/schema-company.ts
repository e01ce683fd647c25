/**
 * How many items its worker may hold at most while it holds this one: set when workers died under it, null otherwise.
 * The lease's is the item's at the time of the claim.
 */
export const COMPANY_SCHEMA = `
ALTER TABLE items ADD COLUMN company INTEGER;
ALTER TABLE leases ADD COLUMN company INTEGER;
CREATE INDEX leases_company ON leases (worker, company) WHERE company IS NOT NULL;
`
