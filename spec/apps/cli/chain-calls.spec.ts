import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transferTopic } from '../../servers/erc20.js';
import { type EventStreamerServer, startEventStreamer } from '../../servers/event-streamer.js';
import { type ScriptedChain, scriptedChain } from '../../servers/scripted-chain.js';
import { answer } from '../../servers/origin-steps.js';
import { startOrigin } from '../../servers/origin.js';
import { chainCli, linesOf } from './chain-cli.js';

const transfer = 'Transfer(address indexed from, address indexed to, uint256 value)';
const where = ['--from', '0', '--chain-id', '31337'];
let chain: ScriptedChain;
let server: EventStreamerServer;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  chain = scriptedChain();
  server = await startEventStreamer({ chain });
  env = { CHAIN_URL: server.url, CHAIN_SUBSCRIBER: 'spec' };
});
afterAll(() => server.close());

async function made(...more: string[]): Promise<string> {
  const { out } = await chainCli(['subscribe', '--event', transfer, ...where, ...more], { env });
  return /"id":(\d+)/.exec(out)?.[1] ?? 'none';
}

describe('tailrace chain subscribe', () => {
  it('makes a subscription to the event of a signature, and prints it', async () => {
    const args = ['subscribe', '--event', transfer, '--address', chain.token, ...where, '--to', '9'];
    const { code, out, err } = await chainCli(args, { env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(linesOf({ out })).toMatchObject([
      {
        ...{ topic0: transferTopic, addresses: [chain.token], startBlock: 0, endBlock: 9, chainId: 31_337 },
        subscriberId: 'spec',
        eventSignature: { name: 'Transfer', inputs: [{ indexed: true }, { indexed: true }, { type: 'uint256' }] },
      },
    ]);
  });

  it('takes the event out of an ABI by its name, also where a compiler has put the ABI into an object', async () => {
    const abi = ['subscribe', '--abi', 'spec/fixtures/erc20/token.json', '--event', 'Transfer', ...where];
    const { code, out } = await chainCli(abi, { env });
    expect(code).toBe(0);
    expect(linesOf({ out })).toMatchObject([{ topic0: transferTopic, addresses: [] }]);
  });

  it.each([
    ['--event Transfer', ['--event', 'Transfer'], 'must be a whole signature'],
    ['a type that cannot be', ['--event', 'Paid(uint257 x)'], '--event: '],
    ['an event that is not in the ABI', ['--abi', '-', '--event', 'Payed'], 'stdin: Event "Payed" not found'],
    ['a file that is not there', ['--abi', 'none.json', '--event', 'Paid'], 'cannot read none.json: no such file'],
    ['an address that is none', ['--event', transfer, '--address', '0x12'], '--address must be a list of addresses'],
    ['an end before the beginning', ['--event', transfer, '--from', '5', '--to', '4'], '--to must be 5 or more'],
    ['a block that is no number', ['--event', transfer, '--from', 'latest'], 'whole number'],
    ['nothing to look for', [], "required option '--event"],
  ])('refuses %s with 2', async (_, args, said) => {
    const input = 'event Paid(address by)';
    const { code, out, err } = await chainCli(['subscribe', ...where, ...args], { env, input });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^tailrace: [^\n]+\n$/);
    expect(err).toContain(said);
  });
});

describe('tailrace chain list, status and delete', () => {
  it('list the subscriptions of the subscriber, one a line', async () => {
    const other = await made('--subscriber', 'other');
    const second = await made('--subscriber', 'other');
    const { code, out } = await chainCli(['list', '--subscriber', 'other'], { env });
    expect(code).toBe(0);
    expect(linesOf({ out })).toMatchObject([{ id: Number(other) }, { id: Number(second) }]);
    expect(await chainCli(['list', '--subscriber', 'nobody'], { env })).toEqual({ code: 0, out: '', err: '' });
  });

  it('tell whether the service works on one, and how far it has come', async () => {
    const id = await made();
    const { out, code } = await chainCli(['status', id], { env });
    expect(code).toBe(0);
    const subscription = { id: Number(id), isStreaming: false };
    expect(linesOf({ out })).toMatchObject([{ subscription, processing: { isProcessing: false } }]);
    chain.mint(chain.token, 1n);
    await chainCli(['stream', id, '--max', '1'], { env });
    const [line] = linesOf(await chainCli(['status', id], { env }));
    expect(line).toMatchObject({ lastProcessedBlock: expect.any(Number), subscription: { eventsDelivered: 1 } });
  });

  it('end with 4 and what to do where there is none; what is gone can be deleted', async () => {
    const id = await made();
    expect(await chainCli(['delete', id], { env })).toMatchObject({ code: 0, out: '{"existed":true}\n' });
    expect(await chainCli(['delete', id], { env })).toMatchObject({ code: 0, out: '{"existed":false}\n' });
    const { code, out, err } = await chainCli(['status', id], { env });
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('tailrace chain list');
  });
});

describe('tailrace chain breakers', () => {
  it('prints them, one a line', async () => {
    const { code, out } = await chainCli(['breakers'], { env });
    expect(code).toBe(0);
    const names = linesOf({ out });
    expect(names.length).toBeGreaterThan(0);
    for (const one of names) expect(one).toMatchObject({ name: expect.any(String), state: 'closed' });
  });
});

describe('the way to the service', () => {
  it('is a usage error where it is missing', async () => {
    const outcomes = [{}, { CHAIN_URL: server.url }, { ...env, CHAIN_URL: 'ftp://example.com' }].map((one) =>
      chainCli(['list'], { env: one }),
    );
    const [url, subscriber, scheme] = await Promise.all(outcomes);
    expect([url, subscriber, scheme].map((one) => one?.code)).toEqual([2, 2, 2]);
    expect(url?.err).toContain('set CHAIN_URL');
    expect(subscriber?.err).toContain('set CHAIN_SUBSCRIBER');
    expect(scheme?.err).toMatch(/^tailrace: CHAIN_URL must be an absolute http or https URL/);
  });

  it('has the headers, and no value of them is printed', async () => {
    await using origin = await startOrigin([[answer(401, {}, 'canary-body')]]);
    const args = ['list', '--url', origin.url, '-H', 'x-plain: yes', '--header-env', 'authorization=AUTH'];
    const { code, err } = await chainCli(args, { env: { ...env, AUTH: 'Bearer canary-9' } });
    expect(code).toBe(3);
    expect(err).toContain('check what --header or --header-env sends');
    expect(err).not.toContain('canary');
    expect(origin.requests[0]?.headers).toMatchObject({ 'x-plain': 'yes', authorization: 'Bearer canary-9' });
  });

  it('ends with 5 where nobody is there', async () => {
    const { code, err } = await chainCli(['list', '--url', 'http://127.0.0.1:1', '--retries', '0'], { env });
    expect({ code, err }).toMatchObject({ code: 5, err: expect.stringContaining('check the URL') });
  });
});
