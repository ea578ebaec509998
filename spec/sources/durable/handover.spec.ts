import { describe, expect, it } from '@jest/globals';
import type { TransportRequest, TransportResponse } from '../../../lib/transport.js';
import { handover } from '../../../sources/durable/handover.js';

function scripted(status = 200) {
  const requests: TransportRequest[] = [];
  const transport = async (request: TransportRequest): Promise<TransportResponse> => {
    requests.push(request);
    const body = { read: async () => ({ done: true as const }) };
    return { status, headers: new Headers(), body, hiddenRedirect: false };
  };
  return { requests, hand: handover(transport) };
}

function request(url: string, signal: AbortSignal = new AbortController().signal): TransportRequest {
  return { url, method: 'GET', headers: {}, body: undefined, signal, redirect: 'manual' };
}

describe('a handover', () => {
  it('answers the second reader with what the first has left unread, although that one is gone', async () => {
    const { requests, hand } = scripted();
    const leaving = new AbortController();
    const seen = await hand.first(request('http://a/s?offset=1&t=1', leaving.signal));
    hand.keep();
    leaving.abort();
    expect(requests[0]?.signal.aborted).toBe(false);
    const second = new AbortController();
    const given = await hand.second(request('http://a/s?offset=1&t=2', second.signal));
    expect([given.status, given.body === seen.body, requests.length]).toEqual([200, false, 1]);
    expect(await given.body?.read()).toEqual({ done: true });
    second.abort();
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  it('asks anew where the protocol asks for something else, and closes what was kept', async () => {
    const { requests, hand } = scripted();
    await hand.first(request('http://a/s?offset=1'));
    hand.keep();
    await hand.second(request('http://a/s?offset=1&live=sse'));
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    await hand.second(request('http://a/s?offset=1'));
    expect(requests).toHaveLength(3);
  });

  it('closes what nobody takes, and follows the first reader until it is kept', async () => {
    const { requests, hand } = scripted();
    const leaving = new AbortController();
    await hand.first(request('http://a/s', leaving.signal));
    leaving.abort();
    expect(requests[0]?.signal.aborted).toBe(true);
    await hand.first(request('http://a/s'));
    hand.keep();
    hand.drop();
    expect(requests[1]?.signal.aborted).toBe(true);
  });

  it('leaves the body of a refusal to the first reader', async () => {
    const { hand } = scripted(404);
    const { body } = await hand.first(request('http://a/s'));
    expect(await body?.read()).toEqual({ done: true });
  });
});
