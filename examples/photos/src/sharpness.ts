import sharp from 'sharp'

/** The part of a picture's points that may be soft: sky, fog, or a background out of focus on purpose. */
const SOFT_PART = 0.997

/**
 * How strong the edges of the sharpest parts are: the 99.7th percentile of the Laplacian's amount, 0 to 1,020. The
 * spread over the whole picture (sharp's `stats().sharpness`) takes grain for detail and a soft background for blur:
 * of the samples, it put the four blurred ones above two sharp ones; this puts them at 5, the others at 10 to 62. A
 * light blur first takes the grain out.
 */
export async function sharpnessOf(pixels: { data: Buffer; width: number; height: number }): Promise<number> {
  const { data, info } = await sharp(pixels.data, { raw: { width: pixels.width, height: pixels.height, channels: 3 } })
    .greyscale()
    .blur(1)
    .raw()
    .toBuffer({ resolveWithObject: true })
  const amounts = new Uint32Array(1021)
  const [step, row] = [info.channels, info.width * info.channels]
  for (let y = 1; y < info.height - 1; y++) {
    for (let at = y * row + step; at < (y + 1) * row - step; at += step) {
      const around =
        (data[at - step] as number) +
        (data[at + step] as number) +
        (data[at - row] as number) +
        (data[at + row] as number)
      const amount = Math.abs((data[at] as number) * 4 - around)
      amounts[amount] = (amounts[amount] as number) + 1
    }
  }
  return percentile(amounts, SOFT_PART)
}

/** The smallest value that `part` of the counted ones do not exceed; 0 when nothing was counted. */
function percentile(counts: Uint32Array, part: number): number {
  const wanted = counts.reduce((sum, count) => sum + count, 0) * part
  let seen = 0
  for (let value = 0; value < counts.length; value++) {
    seen += counts[value] as number
    if (seen >= wanted) return value
  }
  return 0
}
