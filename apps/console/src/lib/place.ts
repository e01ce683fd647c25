import type { Item } from '@monofil/protocol'

/** An item's place in its run: ids are unique per step only, and hold no slash. */
export function placeOf({ step, id }: Pick<Item, 'step' | 'id'>): string {
  return `${step}/${id}`
}
