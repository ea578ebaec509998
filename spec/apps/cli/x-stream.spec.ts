import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exec } from 'node:child_process';
import { refusedUrl } from '../../servers/origin.js';
import { eventually } from '../../servers/eventually.js';
import { startXServer, type XServer } from '../../servers/x.js';
import { buildPatience, buildProgram, type Outcome, patience, run, start, values } from './program-process.js';

const token = 'canary-token-8f3a61';
const env = { X_BEARER_TOKEN: token };
let server: XServer;

beforeAll(buildProgram, buildPatience);
beforeEach(async () => {
  server = await startXServer({ token, rules: [{ value: 'cats', tag: 'c' }] });
});
afterEach(() => server.close());

function x(...args: string[]): Promise<Outcome> {
  return run(['x', ...args, '--base-url', server.url], env);
}

function textOf(value: unknown): string {
  return /"text":"([^"]*)"/.exec(JSON.stringify(value))?.[1] ?? '';
}

describe('tailrace x', () => {
  it(
    'prints the items of a stream as X sends them, one a line, and stops after --max',
    async () => {
      const running = start(['x', 'search', '--max', '2', '--fields', 'lang', '--base-url', server.url], env);
      await eventually(() => server.openStreams === 1, patience);
      for (const id of ['1', '2', '3']) server.publish({ id, text: `cats \u2028 ${id}`, lang: 'en' });
      const outcome = await running.outcome;
      expect(values(outcome)).toMatchObject([
        { data: { id: '1', lang: 'en' }, matching_rules: [{ tag: 'c' }] },
        { data: { id: '2' } },
      ]);
      expect(textOf(values(outcome)[1])).toBe('cats \u2028 2');
      expect(outcome.stdout).not.toContain('\u2028');
      expect(outcome.stderr).toBe('tailrace: connected\n');
      expect(outcome.code).toBe(0);
      expect(server.connects[0]?.query).toContain('tweet.fields=lang');
      await eventually(() => server.openSockets === 0);
    },
    patience,
  );

  it(
    'merges all partitions, and asks for one where it is missing',
    async () => {
      server.flow({ perSecond: 200 });
      const all = await x('sample10', '--partition', 'all', '--max', '4', '--quiet');
      expect(all).toMatchObject({ code: 0, stderr: '' });
      expect(server.connects.map(({ query }) => query).sort()).toEqual(['partition=1', 'partition=2']);
      const [none, wrong, whole] = await Promise.all([
        x('firehose-ja'),
        x('firehose-ja', '--partition', '3'),
        x('sample', '--partition', '1'),
      ]);
      expect(none).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--partition 1 to 2, or --partition all'),
      });
      expect(wrong.code).toBe(2);
      expect(whole.code).toBe(2);
    },
    patience,
  );

  it(
    'stops after --seconds with 0, and prints every message with --messages',
    async () => {
      const running = start(['x', 'sample', '--seconds', '1.2', '--messages', '--base-url', server.url], env);
      await eventually(() => server.openStreams === 1, patience);
      server.misbehave.sendRaw('\r\n{"SECRET payload\r\n');
      server.publish({ id: '7', text: 'hello' });
      const outcome = await running.outcome;
      expect(outcome.code).toBe(0);
      expect(values(outcome)).toMatchObject([
        { type: 'keep_alive' },
        { type: 'malformed', code: 'invalid_json' },
        { type: 'item', item: { data: { id: '7' } } },
      ]);
      expect(outcome.stdout).not.toContain('SECRET');
    },
    patience,
  );

  it(
    'reconnects, tells so on stderr, and tells of what is left out',
    async () => {
      const running = start(['x', 'sample', '--max', '1', '--base-url', server.url], env);
      await eventually(() => server.openStreams === 1, patience);
      server.misbehave.sendRaw('not json\r\n');
      server.misbehave.fin();
      await eventually(() => server.connects.length === 2 && server.openStreams === 1, patience);
      server.publish({ id: '7', text: 'hello' });
      const { code, stderr } = await running.outcome;
      expect(code).toBe(0);
      const [connected, malformed, reconnecting, again, gap] = stderr.split('\n');
      expect([connected, again]).toEqual(['tailrace: connected', 'tailrace: connected']);
      expect(malformed).toMatch(/^tailrace: warning: a line is malformed and left out: not JSON/);
      expect(reconnecting).toMatch(/^tailrace: reconnecting in 0\.[23] s \(attempt 1\): /);
      expect(gap).toMatch(/^tailrace: nobody listened for .*lost/);
    },
    patience,
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'ends cleanly on %s with %i',
    async (signal, code) => {
      const running = start(['x', 'sample', '--base-url', server.url], env);
      await eventually(() => server.openStreams === 1, patience);
      server.publish({ id: '7', text: 'hello' });
      await eventually(() => running.printed.stdout !== '');
      running.child.kill(signal);
      const outcome = await running.outcome;
      expect(outcome).toMatchObject({ code, stderr: 'tailrace: connected\n' });
      expect(values(outcome)).toHaveLength(1);
      await eventually(() => server.openSockets === 0);
    },
    patience,
  );

  it(
    'ends quietly with 0 when the reader of stdout has left',
    async () => {
      server.flow({ perSecond: 100 });
      const command = `"${process.execPath}" dist/apps/cli/main.js x sample --base-url ${server.url} --quiet`;
      const piped = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
        // bash, for the exit code of the first program in the pipe
        const script = `{ ${command}; echo "code $?" >&2; } | head -1`;
        exec(script, { env: { ...process.env, ...env }, shell: '/bin/bash' }, (_, stdout, stderr) =>
          resolve({ stdout, stderr }),
        );
      });
      expect(piped.stdout.trimEnd().split('\n')).toHaveLength(1);
      expect(piped.stderr).toBe('code 0\n');
      await eventually(() => server.openSockets === 0);
    },
    patience,
  );
});

describe('the exit code', () => {
  it(
    'is 2 for a wrong call, with the fix',
    async () => {
      const [tokenless, badStream, badOption, badTime, rawAlone] = await Promise.all([
        run(['x', 'sample', '--base-url', server.url]),
        x('firehoses'),
        run(['x', 'sample', `--tokn=${token}`], env),
        x('filtered', '--start', '2026-01-01'),
        x('sample', '--raw'),
      ]);
      expect(tokenless.stderr).toMatch(/^tailrace: no bearer token \(set X_BEARER_TOKEN.*\)\n$/);
      expect(badStream.stderr).toMatch(/^tailrace: unknown stream "firehoses" \(streams are filtered, sample, /);
      expect(badOption.stderr).toContain("unknown option '--tokn'");
      expect(badTime.stderr).toMatch(/^tailrace: .*--start must be .*zone/);
      for (const { code, stdout } of [tokenless, badStream, badOption, badTime, rawAlone]) {
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      }
      expect(badOption.stderr).not.toContain(token);
      expect(server.connects).toEqual([]);
    },
    patience,
  );

  it(
    'is 3 for a wrong token, 4 without rules, 5 after the retries, 6 for what is no stream',
    async () => {
      server.rotateToken('another-token');
      const [unauthorized] = await Promise.all([x('sample')]);
      expect(unauthorized).toMatchObject({ code: 3, stdout: '' });
      expect(unauthorized.stderr).toMatch(/^tailrace: HTTP 401 .*\(check X_BEARER_TOKEN\)\n$/);
      server.rotateToken(token);
      server.rules.remove('value', ['cats'], false);
      const noRules = await x('filtered');
      expect(noRules).toMatchObject({ code: 4, stderr: expect.stringContaining('tailrace x rules add') });
      const refused = await run(['x', 'sample', '--retries', '0', '--base-url', await refusedUrl()], env);
      expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('ECONNREFUSED') });
      server.misbehave.nextConnects([{ status: 200, body: '<html>', headers: { 'content-type': 'text/html' } }]);
      const html = await x('sample');
      expect(html.code).toBe(6);
      for (const { stdout, stderr } of [unauthorized, noRules, refused, html]) {
        expect(`${stdout}${stderr}`).not.toContain(token);
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
        expect(stderr).not.toMatch(/ {4}at /);
      }
    },
    patience,
  );
});
