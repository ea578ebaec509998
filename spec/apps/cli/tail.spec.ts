import { beforeAll, describe, expect, it } from '@jest/globals';
import { answer, chunk, endChunks, fin, send, stall } from '../../servers/origin-steps.js';
import { startOrigin } from '../../servers/origin.js';
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
    'waits for a slow reader of stdout in order, and loses nothing',
    async () => {
      const lines = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"pad":"${'x'.repeat(80)}"}\n`).join('');
      await using origin = await startOrigin([[answer(200, ndjson), send(lines), fin()]]);
      const running = start(['tail', origin.url, '--quiet']);
      running.child.stdout?.pause();
      await eventually(() => origin.requests.length === 1 && origin.activeSockets === 0, patience);
      expect(running.printed.stdout.length).toBeLessThan(lines.length);
      running.child.stdout?.resume();
      expect(await running.outcome).toMatchObject({ code: 0, stderr: '', stdout: lines });
    },
    patience,
  );
});
