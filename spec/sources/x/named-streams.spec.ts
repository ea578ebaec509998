import { describe, expect, it } from '@jest/globals';
import type { Observable } from 'rxjs';
import * as named from '../../../sources/x/named-streams.js';
import type { XClientOptions } from '../../../sources/x/api.js';
import { xStreams } from '../../../sources/x/endpoints.js';
import { scriptedX } from './scripted-x.js';
import { watch } from './watch.js';

type Open = (options: XClientOptions & { onComplete: 'complete' }) => Observable<object>;

const streams: Record<keyof typeof xStreams, Open> = {
  filtered: (options) => named.filteredStream(options),
  sample: (options) => named.sampleStream(options),
  sample10: (options) => named.sample10Stream({ ...options, partition: 2 }),
  firehose: (options) => named.firehoseStream({ ...options, partition: 20 }),
  firehoseEn: (options) => named.firehoseEnStream({ ...options, partition: 8 }),
  firehoseJa: (options) => named.firehoseJaStream({ ...options, partition: 2 }),
  firehoseKo: (options) => named.firehoseKoStream({ ...options, partition: 2 }),
  firehosePt: (options) => named.firehosePtStream({ ...options, partition: 2 }),
  likesFirehose: (options) => named.likesFirehoseStream({ ...options, partition: 20 }),
  likesSample10: (options) => named.likesSample10Stream({ ...options, partition: 2 }),
  postCompliance: (options) => named.postComplianceStream({ ...options, partition: 4 }),
  userCompliance: (options) => named.userComplianceStream({ ...options, partition: 4 }),
  likesCompliance: (options) => named.likesComplianceStream(options),
  postLabels: (options) => named.postLabelsStream(options),
  activity: (options) => named.activityStream(options),
  powerstream: (options) => named.powerstream(options),
};

describe('the streams by name', () => {
  it.each(Object.entries(streams))('%s opens its path and gives its items', async (name, open) => {
    const [, endpoint] = Object.entries(xStreams).find(([key]) => key === name) ?? [];
    const item = name === 'powerstream' ? { id_str: '1' } : { data: { id: '1', event_uuid: '1' } };
    const { transport, requests } = scriptedX(() => ({ body: [`\r\n${JSON.stringify(item)}\r\n`] }));
    const seen = watch(open({ bearerToken: 'a', transport, onComplete: 'complete' }));
    await seen.ended;
    expect(seen.values).toEqual([item]);
    const [request] = requests;
    expect(request?.url.pathname).toBe(endpoint?.path);
    expect(request?.url.searchParams.get('partition')).toBe(endpoint?.partitions?.toString() ?? null);
  });

  it('of one connection shows its messages and retries nothing', async () => {
    const { transport, requests } = scriptedX(() => ({ body: ['\r\n'], end: 'broken' }));
    const seen = watch(named.openFilteredStream({ bearerToken: 'a', transport }));
    await seen.ended;
    expect([seen.values, seen.error?.code, requests.length]).toEqual([[{ type: 'keep_alive' }], 'interrupted', 1]);
  });
});

describe('the options of a stream, where they are compiled', () => {
  const bearerToken = 'a';

  it('require the partition of a stream that has some, and only those that it has', () => {
    // @ts-expect-error the firehose has 20 partitions, and a connection names one
    expect(() => named.firehoseStream({ bearerToken })).toThrow('partition');
    // @ts-expect-error the Japanese firehose has two
    expect(() => named.firehoseJaStream({ bearerToken, partition: 3 })).toThrow('partition');
    // @ts-expect-error the filtered stream has none
    expect(() => named.filteredStream({ bearerToken, partition: 1 })).toThrow('partition');
  });

  it('refuse a replay of the 1 % sample', () => {
    // @ts-expect-error X has no replay of this stream
    expect(() => named.sampleStream({ bearerToken, startTime: new Date(0) })).toThrow('startTime');
  });

  it('refuse fields where the payload is fixed, and those of posts for likes', () => {
    // @ts-expect-error compliance events come as they are
    expect(() => named.likesComplianceStream({ bearerToken, tweetFields: ['id'] })).toThrow('tweetFields');
    // @ts-expect-error a like has no poll
    expect(() => named.likesSample10Stream({ bearerToken, partition: 1, pollFields: ['id'] })).toThrow('pollFields');
    // @ts-expect-error only Powerstream has data centres to choose from
    expect(() => named.filteredStream({ bearerToken, localDcOnly: true })).toThrow('localDcOnly');
  });

  it('require a token, and take fields that X adds after this version', () => {
    // @ts-expect-error no stream is public
    expect(() => named.sampleStream({})).toThrow('bearerToken');
    expect(() => named.sampleStream({ bearerToken, tweetFields: ['a_field_of_tomorrow', 'lang'] })).not.toThrow();
  });

  it('give items their own types', () => {
    const posts = (): Observable<{ readonly data: { readonly text: string } }> => named.sampleStream({ bearerToken });
    const rules = (): Observable<{ readonly matching_rules?: readonly { readonly id: string }[] | undefined }> =>
      named.filteredStream({ bearerToken });
    const events = (): Observable<{ readonly data: { readonly event_type: string } }> =>
      named.activityStream({ bearerToken });
    const likes = named.likesSample10Stream({ bearerToken, partition: 1 });
    // @ts-expect-error a like has no text
    const texts: Observable<{ readonly data: { readonly text: string } }> = likes;
    expect([posts(), rules(), events(), texts]).not.toContain(undefined);
  });
});
