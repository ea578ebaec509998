import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, forkJoin, lastValueFrom, of } from 'rxjs';
import { durableHandle } from '../../../sources/durable/durable-handle.js';
import { answer } from '../../servers/origin-steps.js';
import { messagesOf, realServer, rejectionOf, scriptedServer, textOf, valuesIn } from './written.js';

const json = { contentType: 'application/json' };

describe('the calls of a handle', () => {
  it('learn the media type from create, from head, or by one question before the first appends', async () => {
    const { url } = await realServer();
    const made = durableHandle('handle', `${url}/a`, {});
    await firstValueFrom(made.create('create', json));
    expect(made.contentType).toBe('application/json');
    const met = durableHandle('handle', `${url}/a`, {});
    await expect(firstValueFrom(met.head())).resolves.toMatchObject({ exists: true });
    expect(met.contentType).toBe('application/json');
    const origin = await scriptedServer((request) => [
      request.method === 'HEAD'
        ? answer(200, { 'content-type': 'text/plain' })
        : answer(204, { 'stream-next-offset': 'x' }),
    ]);
    const asking = durableHandle('handle', origin.url, {});
    await lastValueFrom(forkJoin(['a', 'b', 'c'].map((value) => asking.append('append', value, undefined))));
    expect(origin.requests.map(({ method, body }) => [method, body])).toEqual([
      ['HEAD', ''],
      ['POST', 'abc'],
    ]);
  });

  it('ask again after a question that failed, and after a stream that is another now', async () => {
    const { url } = await realServer();
    const handle = durableHandle('handle', `${url}/a`, {});
    await expect(rejectionOf(firstValueFrom(handle.append('append', 1, undefined)))).resolves.toMatchObject({
      code: 'stream_not_found',
    });
    await firstValueFrom(handle.create('create', json));
    await firstValueFrom(handle.delete());
    const other = durableHandle('handle', `${url}/a`, {});
    await firstValueFrom(other.create('create', { contentType: 'text/plain' }));
    await expect(rejectionOf(firstValueFrom(handle.append('append', 'x', undefined)))).resolves.toMatchObject({
      code: 'content_type_mismatch',
    });
    await firstValueFrom(handle.append('append', 'x', undefined));
    await expect(textOf(`${url}/a`)).resolves.toBe('x');
  });

  it('keep what the error handler gave for all later calls', async () => {
    const origin = await scriptedServer((request) => [
      request.headers['authorization'] === 'Bearer new' ? answer(204, { 'stream-next-offset': 'x' }) : answer(401),
    ]);
    let asked = 0;
    const onError = () => {
      asked += 1;
      return { headers: { authorization: 'Bearer new' } };
    };
    const handle = durableHandle('handle', origin.url, { ...json, onError, headers: { authorization: 'Bearer old' } });
    await firstValueFrom(handle.append('append', 1, undefined));
    const before = asked;
    await firstValueFrom(handle.append('append', 2, undefined));
    expect([asked - before, origin.requests.length]).toEqual([0, 3]);
  });

  it('close behind the appends before', async () => {
    const { url } = await realServer();
    const handle = durableHandle('handle', `${url}/a`, json);
    await firstValueFrom(handle.create('create', {}));
    const all = [1, 2, 3].map((value) => firstValueFrom(handle.append('append', value, undefined)));
    const close = firstValueFrom(handle.close('close', { body: 'last' }));
    await Promise.all([...all, close]);
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([1, 2, 3, 'last']);
  });

  it('split a batch that is too large without asking the error handler', async () => {
    const sizes: number[] = [];
    const origin = await scriptedServer((request) => {
      const values = valuesIn(request.body);
      sizes.push(values.length);
      return [values.length > 2 ? answer(413) : answer(204, { 'stream-next-offset': 'x' })];
    });
    // An answer would try the whole batch again.
    const handle = durableHandle('handle', origin.url, { ...json, onError: () => ({}) });
    await lastValueFrom(forkJoin([0, 1, 2, 3, 4].map((value) => handle.append('append', value, undefined))));
    expect(sizes).toEqual([1, 4, 2, 2]);
  });

  it('append a whole source', async () => {
    const { url } = await realServer();
    const handle = durableHandle('handle', `${url}/a`, json);
    await firstValueFrom(handle.create('create', {}));
    await expect(firstValueFrom(handle.appendStream('append', of(1, 2, 3)))).resolves.toMatchObject({ appended: 3 });
    await expect(firstValueFrom(handle.connect())).resolves.toMatchObject({ exists: true });
    await expect(messagesOf(`${url}/a`)).resolves.toEqual([1, 2, 3]);
  });
});
