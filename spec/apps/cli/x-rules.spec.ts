import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startXServer, type XServer } from '../../servers/x.js';
import { eventually } from '../../servers/eventually.js';
import { buildPatience, buildProgram, type Outcome, patience, run, start, values } from './program-process.js';

const token = 'canary-token-8f3a61';
const env = { X_BEARER_TOKEN: token };
const folder = mkdtempSync(join(tmpdir(), 'tailrace-rules-'));
let server: XServer;

beforeAll(buildProgram, buildPatience);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  server = await startXServer({ token });
});
afterEach(() => server.close());

function x(args: readonly string[], input?: string): Promise<Outcome> {
  return run(['x', ...args, '--base-url', server.url], env, input);
}

function ruleValues(): string[] {
  return server.rules.list().map(({ value }) => value);
}

describe('tailrace x rules', () => {
  it(
    'adds, lists, counts and deletes',
    async () => {
      const added = await x(['rules', 'add', 'cats lang:en', '--tag', 'cats']);
      expect(added).toMatchObject({ code: 0, stderr: '' });
      expect(values(added)).toMatchObject([{ added: [{ value: 'cats lang:en', tag: 'cats' }], invalid: [] }]);
      server.rules.add([{ value: 'dogs' }, { value: 'birds' }]);
      const [listed, counted, again] = await Promise.all([
        x(['rules', 'list']),
        x(['rules', 'count']),
        x(['rules', 'add', 'dogs']),
      ]);
      expect(values(listed)).toMatchObject([{ value: 'cats lang:en', tag: 'cats' }, { value: 'dogs' }, {}]);
      expect(values(counted)).toMatchObject([{ projectRulesCount: 3 }]);
      expect(again.code).toBe(0);
      expect(values(again)).toMatchObject([{ added: [], duplicates: [{ value: 'dogs' }] }]);
      const [first] = server.rules.list();
      const [byId, byValue] = await Promise.all([
        x(['rules', 'delete', first?.id ?? '']),
        x(['rules', 'delete', '--value', 'dogs']),
      ]);
      expect([byId.code, byValue.code]).toEqual([0, 0]);
      expect(ruleValues()).toEqual(['birds']);
      expect(values(await x(['rules', 'delete', '--all']))).toMatchObject([{ deleted: 1 }]);
      expect(ruleValues()).toEqual([]);
    },
    patience,
  );

  it(
    'says what X refuses, with 4, and what was called wrongly, with 2',
    async () => {
      const [refused, verdicts, nothing, both, missing] = await Promise.all([
        x(['rules', 'add', 'cats (']),
        x(['rules', 'validate', 'cats', 'cats (']),
        x(['rules', 'delete']),
        x(['rules', 'delete', '1', '--all']),
        x(['rules', 'delete', '123']),
      ]);
      expect(refused).toMatchObject({ code: 4, stderr: expect.stringMatching(/^tailrace: X refuses 1 rule: .+\n$/) });
      expect(values(verdicts)).toMatchObject([{ verdict: 'valid' }, { verdict: 'invalid' }]);
      expect(verdicts.code).toBe(4);
      expect([nothing.code, both.code]).toEqual([2, 2]);
      expect(missing).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/^tailrace: 1 rule could not be deleted: .+\n$/),
      });
      expect(ruleValues()).toEqual([]);
    },
    patience,
  );

  it(
    'syncs a file and tells what it did',
    async () => {
      server.rules.add([{ value: 'birds' }, { value: 'dogs', tag: 'd' }]);
      const file = join(folder, 'rules.txt');
      writeFileSync(file, '#cats lang:en\tcats\r\n\r\ndogs\td\n');
      const planned = await x(['rules', 'sync', file, '--dry-run']);
      expect(values(planned)).toMatchObject([{ added: [{ value: '#cats lang:en' }], deleted: [{ value: 'birds' }] }]);
      expect(ruleValues()).toEqual(['birds', 'dogs']);
      expect(await x(['rules', 'sync', file])).toMatchObject({ code: 0, stderr: '' });
      expect(ruleValues().sort()).toEqual(['#cats lang:en', 'dogs']);
      const listed = await x(['rules', 'list']);
      expect(values(await x(['rules', 'sync', '-'], listed.stdout))).toMatchObject([{ unchanged: true }]);
    },
    patience,
  );

  it(
    'changes nothing for a file that is wrong, empty or not there',
    async () => {
      server.rules.add([{ value: 'birds' }]);
      const wrong = join(folder, 'wrong.ndjson');
      writeFileSync(wrong, '{"value":"cats"}\n{"value":"dogs","tags":"x"}\n');
      const [badLine, empty, absent] = await Promise.all([
        x(['rules', 'sync', wrong]),
        x(['rules', 'sync', '-'], '\n'),
        x(['rules', 'sync', join(folder, 'absent.txt')]),
      ]);
      expect(badLine.stderr).toContain(`${wrong}:2: unknown member "tags"`);
      expect(empty.stderr).toContain('holds no rules');
      expect(absent.stderr).toContain('no such file');
      expect([badLine.code, empty.code, absent.code]).toEqual([2, 2, 2]);
      expect(ruleValues()).toEqual(['birds']);
      expect(server.requests).toEqual([]);
    },
    patience,
  );
});

describe('tailrace x connections', () => {
  it(
    'lists and terminates',
    async () => {
      const running = start(['x', 'sample', '--retries', '0', '--base-url', server.url], env);
      await eventually(() => server.openStreams === 1, patience);
      const listed = await x(['connections', 'list', '--endpoint', 'sample']);
      expect(values(listed)).toMatchObject([{ endpointName: 'sample_stream' }]);
      expect((await x(['connections', 'terminate'])).code).toBe(2);
      const ended = await x(['connections', 'terminate', '--endpoint', 'sample']);
      expect(values(ended)).toMatchObject([{ successful: 1, failed: 0 }]);
      expect(await running.outcome).toMatchObject({ code: 5 });
      expect(values(await x(['connections', 'list']))).toEqual([]);
    },
    patience,
  );
});
