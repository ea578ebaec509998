import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exec } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileCheckpoint } from '../../../lib/node/index.js';
import { eventually } from '../../servers/eventually.js';
import { answer, chunk, endChunks, stall, type Step } from '../../servers/origin-steps.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { buildPatience, buildProgram, patience, run, start, values } from './program-process.js';

const events = { 'content-type': 'text/event-stream' };
let folder: string;
let file: string;
let files = 0;

beforeAll(async () => {
  await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'tailrace-cli-'));
}, buildPatience);
beforeEach(() => {
  files += 1;
  file = join(folder, `position-${files}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Events 1 and up from behind the last id that the client has; then nothing more. */
function startEvents(last = 1_000): Promise<Origin> {
  return startOrigin(({ headers }): Step[] => {
    const after = Number(headers['last-event-id'] ?? 0);
    const rest = Array.from({ length: last - after }, (_, at) => after + at + 1);
    return [answer(200, events), chunk(rest.map((n) => `id: ${n}\ndata: ${n}\n\n`).join('') || ':\n'), stall()];
  });
}

function tail(url: string, ...args: string[]): string[] {
  return ['tail', url, '--data', '--quiet', '--checkpoint', file, ...args];
}

async function saved(key: string): Promise<string | undefined> {
  await using store = fileCheckpoint(file);
  return await store.load(key);
}

describe('tail --checkpoint', () => {
  it(
    'goes on behind the last line that was printed, after --max, --seconds and a closed pipe',
    async () => {
      await using origin = await startEvents(8);
      const first = await run(tail(origin.url, '--max', '3'));
      expect(first).toEqual({ code: 0, stdout: '1\n2\n3\n', stderr: '' });
      const head = `"${process.execPath}" dist/apps/cli/main.js ${tail(origin.url, '--max', '2').join(' ')} | head -5`;
      const piped = await new Promise((resolve) => void exec(head, (_, stdout) => resolve(stdout)));
      expect(piped).toBe('4\n5\n');
      expect(await run(tail(origin.url, '--seconds', '0.5'))).toEqual({ code: 0, stdout: '6\n7\n8\n', stderr: '' });
      expect(origin.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '3', '5']);
    },
    patience,
  );

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'saves what is printed on %s, by the URL without its query',
    async (signal) => {
      await using origin = await startEvents(5);
      const running = start(tail(`${origin.url}/feed?page=2`));
      await eventually(() => running.printed.stdout === '1\n2\n3\n4\n5\n', patience);
      running.child.kill(signal);
      expect((await running.outcome).code).toBe(signal === 'SIGINT' ? 130 : 143);
      expect(await saved(`tail ${origin.url}/feed`)).toBe('5');
      expect(await readFile(file, 'utf8')).not.toContain('page');
    },
    patience,
  );

  it(
    'says that it goes on after lines that nobody took, and prints those again',
    async () => {
      await using origin = await startEvents(200_000);
      const running = start(tail(origin.url));
      running.child.stdout?.pause();
      // stdout is full: what it has not taken is not done.
      await eventually(() => origin.requests.length === 1, patience);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running.child.kill('SIGINT');
      const { code, stdout } = await running.outcome;
      expect(code).toBe(130);
      const printed = stdout.trimEnd().split('\n').map(Number);
      const position = Number((await saved(`tail ${origin.url}/`)) ?? 0);
      expect(position).toBeGreaterThan(0);
      expect(position).toBeLessThanOrEqual(Math.max(...printed));
      expect(position).toBeLessThan(200_000);
    },
    patience,
  );

  it(
    'is refused with 6 while another process has the file, which goes on',
    async () => {
      await using origin = await startEvents(3);
      const holder = start(tail(origin.url));
      await eventually(() => holder.printed.stdout === '1\n2\n3\n', patience);
      const second = await run(tail(origin.url));
      expect(second).toEqual({
        code: 6,
        stdout: '',
        stderr: 'tailrace: another process has the --checkpoint file (wait for its end, or name another file)\n',
      });
      expect(origin.requests).toHaveLength(1);
      holder.child.kill('SIGINT');
      expect((await holder.outcome).code).toBe(130);
    },
    patience,
  );

  it(
    'is refused with 6 by a damaged file, and starts from its backup with --checkpoint-recover',
    async () => {
      await using origin = await startEvents(9);
      await run(tail(origin.url, '--max', '2'));
      await run(tail(origin.url, '--max', '2'));
      await writeFile(file, 'not a checkpoint');
      const refused = await run(tail(origin.url, '--max', '2'));
      expect(refused).toMatchObject({ code: 6, stdout: '' });
      expect(refused.stderr).toMatch(
        /^tailrace: the --checkpoint file is damaged.*--checkpoint-recover backup.*FILE\.bak/,
      );
      expect(refused.stderr).not.toContain(folder);
      expect(await readFile(file, 'utf8')).toBe('not a checkpoint');
      const recovered = await run(tail(origin.url, '--max', '3', '--checkpoint-recover', 'backup'));
      expect(recovered).toMatchObject({ code: 0, stderr: '' });
      // The content before the last save: some lines come again, none is left out.
      const [first = 0, ...others] = recovered.stdout.trimEnd().split('\n').map(Number);
      expect([3, 4]).toContain(first);
      expect(others).toEqual([first + 1, first + 2]);
    },
    patience,
  );

  it(
    'is refused where there is nothing to resume by',
    async () => {
      const lines = [answer(200, { 'content-type': 'application/x-ndjson' }), chunk('{"a":1}\n'), endChunks()];
      await using origin = await startOrigin([lines]);
      const plain = ['tail', origin.url, '--checkpoint', file];
      const [body, format, recoverAlone, noFolder, noName] = await Promise.all([
        run([...plain, '--quiet']),
        run([...plain, '--format', 'ndjson']),
        run(['tail', origin.url, '--checkpoint-recover', 'backup']),
        run(['tail', origin.url, '--checkpoint', join(folder, 'no', 'where')]),
        run(['tail', origin.url, '--checkpoint', '']),
      ]);
      expect(body).toMatchObject({ code: 6, stdout: '' });
      expect(body.stderr).toMatch(/^tailrace: --checkpoint does not fit this URL.*leave --checkpoint out/);
      expect(format.stderr).toMatch(/^tailrace: --checkpoint is for events/);
      expect(recoverAlone.stderr).toMatch(/^tailrace: --checkpoint-recover needs --checkpoint/);
      expect(noFolder.stderr).toMatch(/^tailrace: .*the --checkpoint file failed \(ENOENT\)/);
      expect([format, recoverAlone, noFolder, noName].map(({ code }) => code)).toEqual([2, 2, 2, 2]);
      for (const { stderr } of [body, format, recoverAlone, noFolder]) expect(stderr).not.toContain(folder);
    },
    patience,
  );

  it(
    'tells once of events without ids, and prints them',
    async () => {
      const script = [answer(200, events), chunk('data: {"n":1}\n\ndata: {"n":2}\n\n'), stall()];
      await using origin = await startOrigin([script]);
      const outcome = await run(['tail', origin.url, '--checkpoint', file, '--max', '2']);
      expect(values(outcome)).toHaveLength(2);
      expect(outcome.stderr.match(/nothing for --checkpoint to resume by/g)).toHaveLength(1);
      expect(outcome.code).toBe(0);
    },
    patience,
  );
});
