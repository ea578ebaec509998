import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, merge, take } from 'rxjs';
import { retryBudget } from '../../../lib/retry-budget.js';
import { xClient } from '../../../sources/x/client.js';
import { eventually } from '../../servers/eventually.js';
import { startXServer } from '../../servers/x.js';
import { scriptedX } from './scripted-x.js';
import { closing, watch } from './watch.js';

const add = closing();

describe('xClient', () => {
  it('binds the account for streams and calls', async () => {
    const server = add(await startXServer());
    const x = xClient({ bearerToken: server.token, baseUrl: server.url });
    expect(server.requests).toHaveLength(0);
    await firstValueFrom(x.addRules([{ value: 'x', tag: 'letters' }]));
    expect(await firstValueFrom(x.getRules())).toMatchObject([{ value: 'x', tag: 'letters' }]);
    const seen = watch(x.filteredStream({ tweetFields: ['lang'] }).pipe(take(1)));
    await eventually(() => server.openStreams === 1);
    expect(await firstValueFrom(x.listConnections())).toMatchObject([{ endpointName: 'filtered_stream' }]);
    server.publish({ id: '1', text: 'x', lang: 'en' });
    await seen.ended;
    expect(seen.values).toMatchObject([{ data: { id: '1', lang: 'en' } }]);
  });

  it('has every stream under its name, and the messages of any', async () => {
    const { transport, requests } = scriptedX(() => ({ body: ['\r\n'], end: 'open' }));
    const x = xClient({ bearerToken: 'a', transport });
    const streams = [
      ...[x.filteredStream(), x.sampleStream(), x.sample10Stream({ partition: 1 }), x.firehoseStream({ partition: 1 })],
      ...[x.firehoseEnStream({ partition: 1 }), x.firehoseJaStream({ partition: 1 })],
      ...[x.firehoseKoStream({ partition: 1 }), x.firehosePtStream({ partition: 1 })],
      ...[x.likesFirehoseStream({ partition: 1 }), x.likesSample10Stream({ partition: 1 })],
      ...[x.postComplianceStream({ partition: 1 }), x.userComplianceStream({ partition: 1 })],
      ...[x.likesComplianceStream(), x.postLabelsStream(), x.activityStream(), x.powerstream()],
    ];
    const open = merge<object[]>(...streams).subscribe();
    await eventually(() => requests.length === 16);
    expect(new Set(requests.map(({ url }) => url.pathname)).size).toBe(16);
    open.unsubscribe();
    const messages = watch(x.messages('sample', {}).pipe(take(1)));
    await messages.ended;
    expect(messages.values).toEqual([{ type: 'keep_alive' }]);
  });

  it('shares one budget of connects between the streams of a name, and takes that of the caller', async () => {
    const { transport, requests } = scriptedX(() => ({ end: 'open' }));
    const x = xClient({ bearerToken: 'a', transport });
    const open = Array.from({ length: 52 }, () => x.sampleStream({ connectBudget: undefined }).subscribe());
    open.push(x.filteredStream().subscribe());
    const connectBudget = retryBudget({ max: 1, per: 60_000 });
    open.push(x.sampleStream({ connectBudget }).subscribe(), x.sampleStream({ connectBudget }).subscribe());
    await eventually(() => requests.length === 52);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(requests).toHaveLength(50 + 1 + 1);
    open.forEach((subscription) => subscription.unsubscribe());
  });

  it('lets the limits of calls leave the streams alone', async () => {
    const { transport, requests } = scriptedX(() => 'refused');
    const account = { bearerToken: 'a', transport, maxRetries: 0 };
    const pace = { initialBackoff: 1, maxBackoff: 1 };
    const seen = watch(xClient(account).sampleStream({ maxRetries: 2, schedules: { connection_error: pace } }));
    await seen.ended;
    expect([requests.length, seen.error?.attempts]).toEqual([3, 3]);
  });

  it('refuses at once what can never work, and never quotes the token', () => {
    const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));
    expect(() => xClient(untyped({}))).toThrow('xClient: option "bearerToken"');
    expect(() => xClient({ bearerToken: 'secret token' })).toThrow(TypeError);
    expect(() => xClient({ bearerToken: 'secret token' })).not.toThrow('secret');
    expect(() => xClient({ bearerToken: 'a', baseUrl: 'api.x.com' })).toThrow('baseUrl');
    expect(() => xClient(untyped({ bearerToken: 'a', nonsense: 1 }))).toThrow('nonsense');
  });

  it('requires options only where a stream requires one', () => {
    const x = xClient({ bearerToken: 'a' });
    // @ts-expect-error a connection to the firehose names its partition
    expect(() => x.firehoseStream()).toThrow();
    // @ts-expect-error the account is bound already
    expect(() => x.sampleStream({ headers: { authorization: 1 } })).not.toThrow();
  });
});
