import { beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, chunk, endChunks, stall } from '../../servers/origin-steps.js';
import { listen, shutDown, startOrigin } from '../../servers/origin.js';
import { eventually } from '../../servers/eventually.js';
import { buildPatience, buildProgram, patience, run, start, values } from './program-process.js';

const ndjson = { 'content-type': 'application/x-ndjson' };
const events = { 'content-type': 'text/event-stream' };
const secret = 'canary-secret-77ab';

beforeAll(buildProgram, buildPatience);

describe('tailrace tail', () => {
  it(
    'prints lines of JSON as the server wrote them and ends with the body',
    async () => {
      const body = '{"id": 9223372036854775807}\r\n\r\nnot json, SECRET\n{"a":"\u2028"}\n';
      await using origin = await startOrigin([[answer(200, ndjson), chunk(body), endChunks()]]);
      const { code, stdout, stderr } = await run(['tail', origin.url]);
      expect(code).toBe(0);
      expect(stdout).toBe('{"id": 9223372036854775807}\n{"a":"\\u2028"}\n');
      expect(stderr).toContain('tailrace: warning: a line is left out');
      expect(stderr).not.toContain('SECRET');
    },
    patience,
  );

  it(
    'prints events as JSON, resumes by their id, and is over with 204',
    async () => {
      await using origin = await startOrigin([
        [answer(200, events), chunk('retry: 1\nid: 1\nevent: tick\ndata: {"n":1}\n\n'), endChunks()],
        [answer(204)],
      ]);
      const outcome = await run(['tail', origin.url]);
      expect(outcome.code).toBe(0);
      expect(values(outcome)).toEqual([{ event: 'tick', id: '1', data: '{"n":1}' }]);
      expect(origin.requests[1]?.headers['last-event-id']).toBe('1');
    },
    patience,
  );

  it(
    'prints only the data with --data, and stops after --max',
    async () => {
      await using origin = await startOrigin([[answer(200, events), chunk('data: {"n":1}\n\ndata: two\n\n'), stall()]]);
      const { code, stdout } = await run(['tail', origin.url, '--data', '--max', '2', '--quiet']);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '{"n":1}\ntwo\n' });
    },
    patience,
  );

  it(
    'sends headers, those from the environment too, and prints none of them',
    async () => {
      await using origin = await startOrigin([[answer(401, {}, `who is ${secret}`)]]);
      const args = ['tail', origin.url, '-H', 'x-plain: yes', '--header-env', 'authorization=AUTH'];
      const { code, stdout, stderr } = await run(args, { AUTH: `Bearer ${secret}` });
      expect(code).toBe(3);
      expect(origin.requests[0]?.headers).toMatchObject({ 'x-plain': 'yes', authorization: `Bearer ${secret}` });
      expect(`${stdout}${stderr}`).not.toContain(secret);
      expect(stderr).toContain('check what --header or --header-env sends');
    },
    patience,
  );

  it(
    'refuses a wrong call with 2 and repeats no secret',
    async () => {
      const outcomes = await Promise.all([
        run(['tail', `https://user:${secret}@example.com/`]),
        run(['tail', `https://example.com/?token=${secret}`]),
        run(['tail', 'https://example.com/', '-H', secret]),
        run(['tail', 'https://example.com/', '-H', `bad name: ${secret}`]),
        run(['tail', 'https://example.com/', '--header-env', 'authorization=NOT_THERE']),
        run(['tail', 'https://example.com/', '--max', '0']),
        run(['tail']),
      ]);
      expect(outcomes.map(({ code }) => code)).toEqual(outcomes.map(() => 2));
      for (const { stderr } of outcomes) {
        expect(stderr).toMatch(/^tailrace: /);
        expect(stderr).not.toContain(secret);
      }
    },
    patience,
  );

  it(
    'makes the server wait while stdout is not read, and loses nothing',
    async () => {
      const block = '{"pad":"x"}\n'.repeat(100_000);
      const blocks = 40;
      const server = await startBlocks(block, blocks);
      try {
        const running = start(['tail', server.url, '--quiet']);
        running.child.stdout?.pause();
        await eventually(async () => {
          const before = server.written;
          await sleep(80);
          return before > 0 && server.written === before;
        }, patience);
        expect(server.written).toBeLessThan(blocks / 2);
        running.child.stdout?.resume();
        const { code, stdout, stderr } = await running.outcome;
        expect({ code, stderr, length: stdout.length }).toEqual({ code: 0, stderr: '', length: block.length * blocks });
      } finally {
        await server.close();
      }
    },
    patience,
  );
});

interface Blocks {
  readonly url: string;
  /** Blocks that have left this process. */
  readonly written: number;
  close(): Promise<void>;
}

/** Sends a block so often, each when the one before has gone. */
async function startBlocks(block: string, count: number): Promise<Blocks> {
  let written = 0;
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/x-ndjson');
    const next = (): void => {
      if (written === count) return void response.end();
      response.write(block, () => {
        written += 1;
        next();
      });
    };
    next();
  }).on('connection', (socket) => void sockets.add(socket));
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    get written() {
      return written;
    },
    close: () => shutDown(server, sockets),
  };
}
