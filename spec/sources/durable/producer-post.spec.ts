import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { checkProducer, type ProducerOptions } from '../../../sources/durable/producer-options.js';
import { producerPost } from '../../../sources/durable/producer-post.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, reset, send, type Step } from '../../servers/origin-steps.js';

/** What one batch comes to, what was noted of its attempts, and what was sent. */
async function post(steps: readonly (readonly Step[])[], closes = false, options: ProducerOptions = {}) {
  await using origin = await startOrigin(steps);
  const { checked } = checkProducer(origin.url, 'p', { initialBackoff: 1, maxBackoff: 1, ...options });
  const notes: string[] = [];
  const body = closes ? undefined : new TextEncoder().encode('[1]');
  const request = { ...{ id: 'p', epoch: 3, seq: 4, body, contentType: 'application/json', closes } };
  const noted = { onSend: () => void notes.push('send'), onFailure: (processed: string) => void notes.push(processed) };
  const call = producerPost(checked, { headers: undefined, params: undefined }, { ...request, ...noted });
  const outcome = await lastValueFrom(call).catch((error: unknown) => error);
  return { outcome, notes, requests: origin.requests };
}

describe('the request of a producer', () => {
  it('carries the three headers, the type and the bytes, the same on every attempt', async () => {
    const { outcome, notes, requests } = await post([[reset()], [answer(200, { 'stream-next-offset': 'o' })]]);
    expect(outcome).toEqual({ type: 'stored', duplicate: false, nextOffset: 'o' });
    expect(notes).toEqual(['send', 'maybe', 'send']);
    const headers = {
      'producer-id': 'p',
      'producer-epoch': '3',
      'producer-seq': '4',
      'content-type': 'application/json',
    };
    for (const request of requests) expect(request).toMatchObject({ method: 'POST', body: '[1]', headers });
  });

  it.each([
    ['a header function that fails', { headers: () => Promise.reject(new Error('no token')) }],
    ['a value that no header can hold', { headers: () => ({ authorization: 'a\nb' }) }],
    ['a parameter of the protocol', { params: () => ({ offset: '1' }) }],
  ])('is surely not processed where nothing was sent: %s', async (_name, options) => {
    const { notes, requests } = await post([[answer(200)]], false, options);
    expect([notes, requests.length]).toEqual([['send', 'no'], 0]);
  });

  it.each([301, 302, 303, 307, 400, 501, 505])('is surely not processed where it was refused: %d', async (status) => {
    const { notes } = await post([[answer(status, { location: 'http://elsewhere.example/' })]]);
    expect(notes).toEqual(status === 400 ? ['send'] : ['send', 'no']);
  });

  it('is not taken for stored by whoever answers 200 to everything', async () => {
    const { outcome, notes } = await post([[answer(200, { 'content-type': 'text/html' }, '<html>')]]);
    expect(outcome).toMatchObject({ code: 'parse_error', statusCode: 200 });
    expect(notes).toEqual(['send', 'maybe']);
  });

  it('closes without a body and without a type, and takes 204 for a first time', async () => {
    const { outcome, requests } = await post([[answer(204, { 'stream-closed': 'true' })]], true);
    expect(outcome).toMatchObject({ type: 'stored', duplicate: false });
    expect(requests[0]?.headers).toMatchObject({ 'stream-closed': 'true' });
    expect(requests[0]?.headers['content-type']).toBeUndefined();
  });

  it('is stored when the headers say so, even if the body breaks off', async () => {
    const { outcome, notes } = await post([
      [answer(200, { 'content-length': '9', 'stream-next-offset': 'o' }), send('x'), reset()],
    ]);
    expect([outcome, notes]).toMatchObject([{ type: 'stored' }, ['send']]);
  });

  it.each([
    [403, { 'producer-epoch': '7' }, 'stale'],
    [409, { 'producer-expected-seq': '2', 'producer-received-seq': '4' }, 'gap'],
    [409, { 'stream-closed': 'true' }, 'closed'],
    [400, {}, 'refused'],
    [413, {}, 'too-large'],
  ])('has an answer in %i with %j: %s', async (status, headers, type) => {
    const { outcome, notes } = await post([[answer(status, headers)]]);
    expect([outcome, notes]).toMatchObject([{ type }, ['send']]);
  });

  it.each([
    [503, 'no'],
    [429, 'no'],
    [500, 'maybe'],
    [502, 'maybe'],
  ])('is sent again after %i, which may have stored it: %s', async (status, processed) => {
    const { outcome, notes } = await post([[answer(status)], [answer(204)]]);
    expect(outcome).toMatchObject({ type: 'stored', duplicate: true });
    expect(notes).toEqual(['send', processed, 'send']);
  });

  it('fails with what is left', async () => {
    expect((await post([[answer(404)]])).outcome).toMatchObject({ code: 'stream_not_found' });
    expect((await post([[answer(403)]])).outcome).toMatchObject({ errorType: 'authentication_error' });
  });
});
