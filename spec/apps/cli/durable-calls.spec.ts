import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Durable, startDurable } from '../../servers/durable.js';
import { answer } from '../../servers/origin-steps.js';
import { startOrigin } from '../../servers/origin.js';
import { durableCli, printed } from './durable-cli.js';

let server: Durable;
let count = 0;
beforeAll(async () => (server = await startDurable()));
afterAll(() => server.close());

/** A URL that nothing is under yet. */
function fresh(): string {
  count += 1;
  return `${server.url}/calls/${count}`;
}

const json = ['--content-type', 'application/json'];

describe('tailrace durable', () => {
  it('ends with 6 where the one line of a call cannot be written', async () => {
    const url = fresh();
    const codes = [];
    for (const args of [['create', ...json], ['head'], ['read', '--live', 'false'], ['delete']]) {
      const [name = '', ...more] = args;
      if (name === 'read') await durableCli(['append', url, '1']);
      codes.push((await durableCli([name, url, ...more], { stdoutFails: 'ENOSPC' })).code);
    }
    expect(codes).toEqual([6, 6, 6, 6]);
  });
});

describe('tailrace durable create', () => {
  it('says whether the stream was made or was there, and where its tail is', async () => {
    const url = fresh();
    const first = await durableCli(['create', url, '[1,2]', ...json, '--ttl', '60']);
    const again = await durableCli(['create', url, ...json, '--ttl', '60']);
    expect([first.code, again.code, first.err]).toEqual([0, 0, '']);
    const [made] = printed(first);
    expect(made).toMatchObject({ created: true, contentType: 'application/json', closed: false, location: url });
    expect(printed(again)).toMatchObject([{ created: false, nextOffset: expect.stringMatching(/^\d+_\d*[1-9]\d*$/) }]);
    const read = await durableCli(['read', url, '--no-live']);
    expect(read.out).toBe('[1,2]\n');
  });

  it('takes the first message from stdin, and may close the stream at once', async () => {
    const url = fresh();
    const made = await durableCli(['create', url, '-', '--closed'], { input: [Uint8Array.of(0, 255), 'x'] });
    expect(printed(made)).toMatchObject([{ created: true, closed: true, contentType: 'application/octet-stream' }]);
    const read = await durableCli(['read', url, '--mode', 'text']);
    expect(read.out).toBe('\0\ufffdx');
  });

  it('ends with 4 and what to do where the stream is another one, and with 2 for what can never be', async () => {
    const url = fresh();
    await durableCli(['create', url, ...json]);
    const other = await durableCli(['create', url, '--content-type', 'text/plain']);
    const both = await durableCli(['create', url, '--ttl', '1', '--expires-at', '2030-01-01T00:00:00Z']);
    const body = await durableCli(['create', fresh(), 'nonsense', ...json]);
    expect([other.code, both.code, body.code]).toEqual([4, 2, 2]);
    expect(other.err).toContain('tailrace durable head URL');
    expect(both.err).toBe('tailrace: give either --ttl or --expires-at, not both\n');
    expect(body.err).toMatch(/^tailrace: the body: not JSON/);
    expect(body.err).not.toContain('nonsense');
  });
});

describe('tailrace durable head', () => {
  it('prints what the server knows', async () => {
    const url = fresh();
    await durableCli(['create', url, ...json, '--ttl', '60']);
    const { code, out } = await durableCli(['head', url]);
    expect(code).toBe(0);
    expect(printed({ out })).toMatchObject([{ exists: true, contentType: 'application/json', ttlSeconds: 60 }]);
  });

  it('prints {"exists":false} for a missing stream and ends with 4', async () => {
    const { code, out, err } = await durableCli(['head', fresh()]);
    expect({ code, out }).toEqual({ code: 4, out: '{"exists":false}\n' });
    expect(err).toBe('tailrace: there is no such stream (make it with: tailrace durable create URL)\n');
  });

  it('sends headers and parameters, and prints no value of them', async () => {
    await using origin = await startOrigin([[answer(401, {}, 'canary-body')]]);
    const args = [
      'head',
      origin.url,
      '-H',
      'x-plain: yes',
      '--header-env',
      'authorization=AUTH',
      '--param',
      'shard=canary-7',
    ];
    const { code, err } = await durableCli(args, { env: { AUTH: 'Bearer canary-9' } });
    expect(code).toBe(3);
    expect(err).toContain('check what --header or --header-env sends');
    expect(err).not.toContain('canary');
    const [request] = origin.requests;
    expect(request?.headers).toMatchObject({ 'x-plain': 'yes', authorization: 'Bearer canary-9' });
    expect(request?.path).toContain('shard=canary-7');
  });

  it('refuses a parameter without a name, and a credential in the URL', async () => {
    const nameless = await durableCli(['head', fresh(), '--param', '=canary']);
    const secret = await durableCli(['head', fresh(), '--param', 'token=canary-1234']);
    expect([nameless.code, secret.code]).toEqual([2, 2]);
    expect(nameless.err).toBe('tailrace: a --param must look like name=value\n');
    expect(secret.err).toContain('--allow-secret-in-query');
    expect(secret.err).not.toContain('canary');
  });
});

describe('tailrace durable close, delete and fork', () => {
  it('closes with a last message; appends are refused from then on', async () => {
    const url = fresh();
    await durableCli(['create', url, ...json]);
    const closed = await durableCli(['close', url, '--body', '"bye"']);
    const again = await durableCli(['close', url]);
    const late = await durableCli(['append', url, '1']);
    const read = await durableCli(['read', url]);
    expect(printed(closed)).toEqual([{ finalOffset: expect.stringMatching(/^\d+_\d+$/) }]);
    expect(printed(again)).toEqual(printed(closed));
    expect({ code: late.code, err: late.err }).toEqual({ code: 4, err: 'tailrace: the stream is closed\n' });
    expect({ code: read.code, out: read.out }).toEqual({ code: 0, out: '"bye"\n' });
  });

  it('deletes, and says so where there was nothing', async () => {
    const url = fresh();
    await durableCli(['create', url]);
    const outcomes = [await durableCli(['delete', url]), await durableCli(['delete', url])];
    expect(outcomes.map(({ code, out }) => ({ code, out }))).toEqual([
      { code: 0, out: '{"existed":true}\n' },
      { code: 0, out: '{"existed":false}\n' },
    ]);
  });

  it('forks at the tail or at an offset, under a name beside the source', async () => {
    const url = fresh();
    await durableCli(['create', url, ...json, '1']);
    const appended = await durableCli(['append', url, '2']);
    const nextOffset = /"nextOffset":"([^"]+)"/.exec(appended.out)?.[1] ?? '';
    await durableCli(['append', url, '3']);
    const whole = await durableCli(['fork', url, 'all-of-it']);
    const part = await durableCli(['fork', url, `${url}-part`, '--offset', nextOffset]);
    expect([whole.code, part.code]).toEqual([0, 0]);
    const reads = [`${server.url}/calls/all-of-it`, `${url}-part`].map((one) => durableCli(['read', one, '--no-live']));
    expect((await Promise.all(reads)).map(({ out }) => out)).toEqual(['1\n2\n3\n', '1\n2\n']);
  });

  it('tells of a source that is missing', async () => {
    const { code, err } = await durableCli(['fork', fresh(), 'x']);
    expect({ code, err }).toMatchObject({ code: 4, err: expect.stringContaining('there is no such stream') });
  });
});
