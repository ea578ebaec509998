#!/usr/bin/env node
import { runProgram } from './program.js';

// A reader of stderr that has left must not end the program: what it was told is not what it is for.
process.stderr.on('error', () => undefined);
// `--help | head`; while a stream runs, it has a listener of its own beside this one.
process.stdout.on('error', () => undefined);
// A fault of ours: its stack says nothing to whoever runs the program, and its message may hold anything.
process.on('uncaughtException', (error) => {
  process.stderr.write(`tailrace: internal error (${error.name})\n`, () => process.exit(6));
});
const { stdout, stderr, env } = process;
const code = await runProgram(process.argv.slice(2), { stdout, stderr, env, signals: process });
// Not exitCode alone: a stdout that nobody reads after a signal would keep the process. The callbacks come when all is written.
stderr.write('', () => stdout.write('', () => process.exit(code)));
if (code > 128) setTimeout(() => process.exit(code), 100).unref();
