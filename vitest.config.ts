import { defineConfig } from 'vitest/config'

const source = '@monofil/source'
const conditions = [source, 'module', 'node', 'development']

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions, externalConditions: [source, 'node', 'import'] } },
        test: {
          name: 'node',
          include: [
            'packages/{protocol,server,client,testkit}/src/**/*.test.ts',
            'apps/monofil/src/**/*.test.ts',
            'examples/*/src/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          environment: 'node',
          pool: 'forks',
          execArgv: [`--conditions=${source}`],
          testTimeout: 20_000,
        },
      },
      {
        resolve: { conditions: [source, 'module', 'browser', 'development'] },
        test: {
          name: 'react',
          include: ['packages/react/src/**/*.test.{ts,tsx}', 'apps/console/src/**/*.test.{ts,tsx}'],
          environment: 'jsdom',
          testTimeout: 20_000,
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions, externalConditions: [source, 'node', 'import'] } },
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          execArgv: [`--conditions=${source}`],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
