#!/usr/bin/env node
import { runProgram } from './program.js';

// A reader of stderr that has left must not end the program: what it was told is not what it is for.
process.stderr.on('error', () => undefined);
const { stdout, stderr, env } = process;
// Not exitCode alone: an idle connection, or a stdout that nobody reads after a signal, would keep the process.
process.exit(await runProgram(process.argv.slice(2), { stdout, stderr, env, signals: process }));
