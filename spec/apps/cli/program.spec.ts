import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { createProgram, runProgram } from '../../../apps/cli/program.js';
import type { Terminal } from '../../../apps/cli/run.js';
import { xStreams } from '../../../sources/x/index.js';

interface FakeTerminal extends Terminal {
  readonly said: { out: string; err: string };
}

function terminal(): FakeTerminal {
  const said = { out: '', err: '' };
  const stdout = new Writable({
    write: (chunk: Buffer, _, done) => {
      said.out += chunk.toString();
      done();
    },
  });
  const stderr = { write: (text: string) => (said.err += text) };
  return { stdout, stderr, env: {}, signals: new EventEmitter(), said };
}

/** Every command below, with the words that lead to it. */
function commandsOf(command: Command, path: readonly string[] = []): (readonly [string, Command])[] {
  const below = command.commands.flatMap((one) => commandsOf(one, [...path, one.name()]));
  return [[path.join(' '), command], ...below];
}

const commands = commandsOf(createProgram(terminal(), async () => {}));

async function helpOf(path: string): Promise<string> {
  const fake = terminal();
  expect(await runProgram([...path.split(' ').filter((word) => word !== ''), '--help'], fake)).toBe(0);
  expect(fake.said.err).toBe('');
  return fake.said.out;
}

describe('the help', () => {
  it.each(commands)('of "tailrace %s" names every option and command below it', async (path, command) => {
    const help = await helpOf(path);
    for (const { long, description } of command.options) {
      expect(help).toContain(long);
      expect(description).not.toBe('');
    }
    for (const one of command.commands) expect(help).toMatch(new RegExp(`^  ${one.name()} `, 'm'));
    for (const one of command.commands) expect(one.description()).not.toBe('');
  });

  it('names every stream in kebab-case, the exit codes, the variable and some examples', async () => {
    const help = await helpOf('x');
    for (const name of Object.keys(xStreams)) {
      const typed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(help).toMatch(new RegExp(`^  ${typed} {2,}`, 'm'));
    }
    for (const page of [help, await helpOf(''), await helpOf('tail')]) {
      expect(page).toContain('Exit codes:');
      expect(page).toContain('Examples:');
    }
    expect(help).toContain('X_BEARER_TOKEN');
    expect(help).toContain('slow_consumer');
  });

  it('stands on stderr with 2 where the command is missing', async () => {
    for (const args of [[], ['x', 'rules'], ['x', 'connections']]) {
      const fake = terminal();
      expect(await runProgram(args, fake)).toBe(2);
      expect(fake.said).toMatchObject({ out: '', err: expect.stringContaining('Usage: tailrace') });
    }
  });
});

describe('the program', () => {
  it('tells its version', async () => {
    const fake = terminal();
    expect(await runProgram(['--version'], fake)).toBe(0);
    expect(fake.said.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['bogus']],
    [['x']],
    [['x', 'sample', '--max', 'x']],
    [['x', 'sample', '--max', '1.5']],
    [['x', 'sample', '--seconds', '0']],
    [['x', 'sample', '--backfill', '6']],
    [['x', 'sample', '--recovery', 'all']],
    [['x', 'sample', '--retries', '-2']],
    [['tail', 'http://127.0.0.1', '--timeout', '0']],
    [['tail', 'ftp://127.0.0.1']],
    [['tail', 'http://127.0.0.1', '--data', '--format', 'ndjson']],
  ])('refuses %j with 2 and one line', async (args) => {
    const fake = terminal();
    expect(await runProgram(args, fake)).toBe(2);
    expect(fake.said.out).toBe('');
    expect(fake.said.err).toMatch(/^tailrace: [^\n]+\n$/);
    expect(fake.said.err).not.toContain('bearer token');
  });
});
