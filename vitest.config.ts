import { defineConfig } from 'vitest/config'

const source = '@monofil/source'
const conditions = [source, 'module', 'node', 'development']
const isLong = process.env['TEST_LONG'] !== undefined
const testTimeout = isLong ? 600_000 : 20_000
const setupFiles = ['./scripts/vitest-setup.ts']
/** A condition that comes true is seen at once; one that does not, on a machine with other work, in the end. */
const expectation = { poll: { timeout: 10_000, interval: 20 } }

const e2e = {
  environment: 'node',
  pool: 'forks' as const,
  execArgv: [`--conditions=${source}`],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  fileParallelism: false,
  expect: expectation,
}

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
          testTimeout,
          setupFiles,
          expect: expectation,
        },
      },
      {
        resolve: { conditions: [source, 'module', 'browser', 'development'] },
        test: {
          name: 'react',
          include: ['packages/react/src/**/*.test.{ts,tsx}', 'apps/console/src/**/*.test.{ts,tsx}'],
          environment: 'jsdom',
          testTimeout,
          setupFiles,
          expect: expectation,
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions, externalConditions: [source, 'node', 'import'] } },
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ['e2e/chaos-*.test.ts'],
          // Browsers on a busy machine: what passes at the second try is named as flaky (scripts/test.ts).
          retry: 1,
          ...e2e,
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions, externalConditions: [source, 'node', 'import'] } },
        // Not tried again: what they look for is rare.
        test: { name: 'chaos', include: ['e2e/chaos-*.test.ts'], ...e2e },
      },
    ],
  },
})
