import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileCheckpoint } from '../../../lib/node/index.js';
import { eventually } from '../../servers/eventually.js';
import { startXServer, type XServer } from '../../servers/x.js';
import {
  buildPatience,
  buildProgram,
  type Outcome,
  patience,
  run,
  type Running,
  start,
  values,
} from './program-process.js';

const env = { X_BEARER_TOKEN: 'local-x-token' };
let server: XServer;
let folder: string;
let file: string;

beforeAll(buildProgram, buildPatience);
beforeEach(async () => {
  server = await startXServer();
  folder = await mkdtemp(join(tmpdir(), 'tailrace-cli-x-'));
  file = join(folder, 'position');
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function args(...more: string[]): string[] {
  return ['x', ...more, '--base-url', server.url, '--checkpoint', file];
}

function publish(...ids: readonly string[]): void {
  for (const id of ids) server.publish({ id, text: `post ${id}` });
}

async function opened(...more: string[]): Promise<Running> {
  const before = server.connects.length;
  const running = start(args(...more), env);
  await eventually(() => server.connects.length > before && server.openStreams > 0, patience);
  return running;
}

function idsOf(outcome: Outcome): string[] {
  return values(outcome).map((value) => /"id":"(\d+)"/.exec(JSON.stringify(value))?.[1] ?? '');
}

describe('x --checkpoint', () => {
  it(
    'prints every post once over two runs with --recovery backfill',
    async () => {
      const first = await opened('sample', '--max', '2', '--quiet', '--recovery', 'backfill');
      publish('1', '2');
      expect(idsOf(await first.outcome)).toEqual(['1', '2']);
      publish('3', '4');
      const second = await opened('sample', '--max', '3', '--recovery', 'backfill');
      publish('5');
      const outcome = await second.outcome;
      expect(idsOf(outcome)).toEqual(['3', '4', '5']);
      expect(outcome.code).toBe(0);
      expect(outcome.stderr).toContain('tailrace: going on where the last run stopped\n');
    },
    patience,
  );

  it(
    'says without --recovery that what was sent meanwhile is lost',
    async () => {
      const first = await opened('sample', '--max', '1', '--quiet');
      publish('1');
      await first.outcome;
      publish('2');
      const second = await opened('sample', '--max', '1');
      publish('3');
      const outcome = await second.outcome;
      expect(idsOf(outcome)).toEqual(['3']);
      expect(outcome.stderr).toContain('what X sent meanwhile is lost (see --recovery)');
    },
    patience,
  );

  it(
    'keeps a position for each partition of --partition all',
    async () => {
      const ids = Array.from({ length: 8 }, (_, at) => String(at + 1));
      const first = start(
        args('sample10', '--partition', 'all', '--max', '8', '--quiet', '--recovery', 'backfill'),
        env,
      );
      await eventually(() => server.openStreams === 2, patience);
      publish(...ids);
      expect(idsOf(await first.outcome).sort()).toEqual(ids);
      await using store = fileCheckpoint(file);
      const positions = await Promise.all(['1', '2'].map((partition) => store.load(`x sample10 ${partition}`)));
      expect(positions.map((position) => position?.startsWith('{"x":1'))).toEqual([true, true]);
      await store.close();
      const second = start(
        args('sample10', '--partition', 'all', '--max', '1', '--quiet', '--recovery', 'backfill'),
        env,
      );
      await eventually(() => server.connects.length === 4, patience);
      publish('9');
      expect(idsOf(await second.outcome)).toEqual(['9']);
    },
    patience,
  );

  it(
    'refuses --messages, and says in --help what comes again',
    async () => {
      const [messages, help] = await Promise.all([run(args('sample', '--messages'), env), run(['x', '--help'])]);
      expect(messages).toMatchObject({ code: 2, stderr: expect.stringContaining('without --messages') });
      expect(help.stdout).toMatch(/--checkpoint <file>/);
      expect(help.stdout).toMatch(/comes only with --recovery/);
    },
    patience,
  );
});
