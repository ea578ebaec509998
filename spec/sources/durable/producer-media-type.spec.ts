import { describe, expect, it } from '@jest/globals';
import { producerMediaType } from '../../../sources/durable/producer-media-type.js';
import { checkProducer } from '../../../sources/durable/producer-options.js';
import { eventually } from '../../servers/eventually.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, stall } from '../../servers/origin-steps.js';

function asking(url: string, contentType?: string) {
  const said: string[] = [];
  const events = {
    onKnown: (type: string) => void said.push(type),
    onError: ({ code }: { code: string }) => void said.push(code),
  };
  const producer = checkProducer(url, 'p', { contentType });
  return { said, type: producerMediaType(producer, { headers: undefined, params: undefined }, events) };
}

describe('the media type of a stream', () => {
  it('is known where it is given', () => {
    expect(asking('http://a.example', 'text/plain').type.known).toBe('text/plain');
  });

  it('is asked for once at a time, again after a failure, and is octets where the server does not say', async () => {
    await using origin = await startOrigin([[answer(404)], [answer(200)]]);
    const { said, type } = asking(origin.url);
    expect(type.known).toBeUndefined();
    type.learn();
    type.learn();
    await eventually(() => said.length === 1);
    expect(said).toEqual(['stream_not_found']);
    type.learn();
    await eventually(() => said.length === 2);
    expect([type.known, origin.requests.map(({ method }) => method)]).toEqual([
      'application/octet-stream',
      ['HEAD', 'HEAD'],
    ]);
  });

  it('is no longer asked for when it is stopped', async () => {
    await using origin = await startOrigin([[stall()]]);
    const { said, type } = asking(origin.url);
    type.learn();
    await eventually(() => origin.requests.length === 1);
    type.stop();
    await eventually(() => origin.activeSockets === 0);
    expect(said).toEqual([]);
  });
});
