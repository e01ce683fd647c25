import type { Item, Run } from '@monofil/protocol'

/** `{run, items}`, an item a line. */
export async function* jsonExport(run: Run, pages: AsyncIterable<readonly Item[]>): AsyncGenerator<string> {
  yield `{"run":${JSON.stringify(run)},"items":[`
  let before = '\n'
  for await (const page of pages) {
    yield before + page.map((item) => JSON.stringify(item)).join(',\n')
    before = ',\n'
  }
  yield '\n]}\n'
}
