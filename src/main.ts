#!/usr/bin/env node

// Before the program is loaded, because what is loaded earlier keeps the places that it has in dist.
process.setSourceMapsEnabled(true);
const { run } = await import('./cli/program.js');

// Whoever reads the answer may have read enough, as `head` has; that ends the program and is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2));
