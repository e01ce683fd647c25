/**
 * An exact decimal with its currency, as the reader writes it. Below 1 all six places are shown where there are so many,
 * else two. Without a currency it is a plain number.
 */
export function money(cost: string, currency: string | null | undefined, locale: string): string {
  const small = Number(cost) < 1
  const places = currency == null ? 0 : 2
  const format = new Intl.NumberFormat(locale, {
    ...(currency == null ? {} : { style: 'currency', currency }),
    minimumFractionDigits: places,
    maximumFractionDigits: small ? 6 : 2,
  })
  // As text, whose digits are all kept: a number has 15 of them.
  return format.format(cost as `${number}`)
}

/** Millionths of a decimal string of at most 6 places. */
export function microsOf(cost: string): bigint {
  const [whole = '0', places = ''] = cost.split('.')
  return BigInt(whole) * 1_000_000n + BigInt(places.padEnd(6, '0'))
}

/** The decimal string of millionths. */
export function costOf(micros: bigint): string {
  return `${micros / 1_000_000n}.${(micros % 1_000_000n).toString().padStart(6, '0')}`
}
