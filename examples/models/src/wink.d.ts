/** What is used of two packages that bring no types. */
declare module 'wink-bm25-text-search' {
  interface Engine {
    defineConfig(config: {
      readonly fldWeights: Readonly<Record<string, number>>
      readonly bm25Params: { readonly b: number }
    }): void
    definePrepTasks(tasks: readonly ((text: string) => string[])[]): void
    addDoc(fields: Readonly<Record<string, string>>, id: string): void
    /** Needs three documents at least. */
    consolidate(): void
    search(text: string, limit: number): readonly (readonly [id: string, score: number])[]
  }
  function bm25(): Engine
  export = bm25
}

declare module 'wink-nlp-utils' {
  const nlp: {
    readonly tokens: {
      stem(words: readonly string[]): string[]
      removeWords(words: readonly string[]): string[]
    }
  }
  export = nlp
}
