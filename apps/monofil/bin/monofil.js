#!/usr/bin/env node
// Old syntax on purpose: an older Node must get as far as the message below instead of a syntax error.
var version = process.versions.node
var parts = version.split('.')
var major = Number(parts[0])
var minor = Number(parts[1])
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    'Monofil needs Node 22.18 or newer; this is Node ' +
      version +
      ' (' +
      process.execPath +
      ').\n' +
      'Install a newer Node from https://nodejs.org, or run it once with\n' +
      '  npx -y -p node@24 -p monofil monofil\n',
  )
  process.exitCode = 1
} else {
  import('./launch.js').catch((error) => {
    process.stderr.write(`Monofil could not be loaded: ${error.stack}\n`)
    process.exitCode = 1
  })
}
