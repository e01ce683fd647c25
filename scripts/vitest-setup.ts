import fc from 'fast-check'

/** Property tests look a hundred times in the everyday run, and thousands of times when everything is tested. */
if (process.env['TEST_LONG'] !== undefined) fc.configureGlobal({ numRuns: 5000 })
