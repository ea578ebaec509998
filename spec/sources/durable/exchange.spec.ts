import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, of } from 'rxjs';
import { durableExchange, noOverrides } from '../../../sources/durable/exchange.js';
import { checkDurable, type DurableOptions } from '../../../sources/durable/options.js';
import { answer, pause, stall } from '../../servers/origin-steps.js';
import { rejectionOf, scriptedServer } from './written.js';

async function sent(options: DurableOptions, overrides = noOverrides(), url = '/a') {
  const origin = await scriptedServer([[answer(200)]]);
  const request = { operation: 'read', headers: { own: 'protocol' }, params: { offset: '-1' } } as const;
  const checked = checkDurable('read', `${origin.url}${url}`, options);
  await lastValueFrom(durableExchange(checked, request, overrides, ({ status }) => of(status)));
  return origin.requests[0];
}

describe('one request', () => {
  it('sends all parameters sorted, the protocol own among them', async () => {
    const request = await sent({ params: { z: 1, b: () => 'x' } }, noOverrides(), '/a?m=2');
    expect(request?.path).toBe('/a?b=x&m=2&offset=-1&z=1');
  });

  it("lets the handler's headers go before the caller's, and the protocol's before both, whatever their case", async () => {
    const overrides = { ...noOverrides(), headers: { Authorization: 'new', OWN: 'handler' }, params: { z: 2 } };
    const request = await sent(
      { headers: { authorization: 'old', Own: 'caller', more: '1' }, params: { z: 1 } },
      overrides,
    );
    expect(request?.headers).toMatchObject({ authorization: 'new', own: 'protocol', more: '1' });
    expect(request?.path).toBe('/a?offset=-1&z=2');
  });

  it('asks for headers and parameters anew each time', async () => {
    const origin = await scriptedServer([[answer(200)]]);
    let count = 0;
    const next = async (): Promise<Record<string, number>> => ({ n: (count += 1) });
    const checked = checkDurable('read', origin.url, { headers: next, params: { m: () => (count += 1) } });
    const call = durableExchange(checked, { operation: 'read' }, noOverrides(), () => of(1));
    await lastValueFrom(call);
    await lastValueFrom(call);
    expect(origin.requests.map(({ headers, path }) => [headers['n'], path])).toEqual([
      ['2', '/?m=1'],
      ['4', '/?m=3'],
    ]);
  });

  it('keeps the limits of the request, then those of the options', async () => {
    const origin = await scriptedServer([[pause(0), stall()]]);
    const checked = checkDurable('read', origin.url, { timeout: 20 });
    const byOptions = durableExchange(checked, { operation: 'read' }, noOverrides(), () => of(1));
    await expect(rejectionOf(lastValueFrom(byOptions))).resolves.toMatchObject({
      code: 'headers_timeout',
      message: expect.stringMatching(/20 ms/),
    });
    const request = { operation: 'read', headersTimeout: 30 } as const;
    const byRequest = durableExchange(checked, request, noOverrides(), () => of(1));
    await expect(rejectionOf(lastValueFrom(byRequest))).resolves.toMatchObject({
      message: expect.stringMatching(/30 ms/),
    });
  });
});
