import { useEffect } from 'react'

/** Every bundler puts a text in the place of this name, so that a production build has nothing of what it guards. */
declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** In a development build: loads the development tools, for as long as the component is there. */
export function useDevelopment(): void {
  useEffect(() => {
    try {
      // All of it in the branch: esbuild keeps an `import()` of a function that nobody calls any more.
      if (process.env.NODE_ENV === 'development') {
        let stop: (() => void) | null = () => {}
        import('@monofil/client/development').then(
          ({ developmentTools }) => {
            if (stop !== null) stop = developmentTools()
          },
          // An aid that cannot be loaded is no error of the application.
          () => {},
        )
        return () => {
          stop?.()
          stop = null
        }
      }
    } catch {
      // Without a bundler nobody knows `process`: that is no development build.
    }
    return undefined
  }, [])
}
