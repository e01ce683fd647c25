/** English of what an item says. */
export const textsEn = {
  title: (name: string) => (name === 'text' ? 'Text' : `Text: ${name}`),
  writing: 'Being written',
  written: 'The text is complete',
  attempt: (attempt: string) => `Attempt ${attempt}`,
  follow: 'Follow',
  cut: 'It was longer and is cut here.',
  failed: 'The text cannot be shown',
}
