import { describe, expect, it } from '@jest/globals';
import type { XMessage } from '../../../sources/x/messages.js';
import { messageReader, readMessage, readPowerMessages } from '../../../sources/x/read-message.js';
import { objectOf, parsed, sample, samples } from './samples.js';

const slug = (name: string): string => `https://api.twitter.com/2/problems/${name}`;

describe('readMessage', () => {
  it.each(Object.keys(samples).filter((name) => name !== 'nativePost'))('hands %s on as X sent it', (name) => {
    expect(readMessage(sample(name))).toEqual({ type: 'item', item: parsed(name) });
  });

  it.each(['', '\r', ' ', '\r\n'])('takes %j as a keep-alive', (line) => {
    expect(readMessage(line)).toEqual({ type: 'keep_alive' });
  });

  it.each(['{"data":{"id":"1","text":"secret', 'Service Unavailable: secret', '<html>secret</html>'])(
    'reports %j without quoting it',
    (line) => {
      const message = readMessage(line);
      expect(message).toMatchObject({ type: 'malformed', code: 'invalid_json', length: line.length });
      expect(JSON.stringify(message)).not.toContain('secret');
      expect(message.type === 'malformed' && message.raw()).toBe(line);
    },
  );

  it.each(['null', '42', '"text"', '[]', '[{"data":{"id":"1"}}]', 'true'])('reports %s as no object', (line) => {
    expect(readMessage(line)).toMatchObject({ type: 'malformed', code: 'not_an_object' });
  });

  it.each([
    '{}',
    '{"data":null}',
    '{"data":"text"}',
    '{"data":[]}',
    '{"errors":[]}',
    '{"errors":"no"}',
    '{"type":"hello"}',
    '{"title":"only"}',
  ])('passes %s on as unknown', (line) => {
    expect(readMessage(line)).toEqual({ type: 'unknown', value: objectOf(line) });
  });

  it('keeps partial errors on their item', () => {
    const message = readMessage(sample('filteredPost'));
    expect(message.type === 'item' && message.item.errors).toHaveLength(1);
  });

  it('reads a disconnect', () => {
    const problem = {
      title: 'operational-disconnect',
      disconnect_type: 'UpstreamOperationalDisconnect',
      detail: 'This stream has been disconnected upstream for operational reasons.',
      type: slug('operational-disconnect'),
    };
    expect(readMessage(JSON.stringify({ errors: [problem] }))).toMatchObject({
      type: 'notice',
      notice: {
        title: problem.title,
        detail: problem.detail,
        slug: 'operational-disconnect',
        disconnectType: 'UpstreamOperationalDisconnect',
        isDisconnect: true,
        problem,
      },
      error: { errorType: 'stream_interrupted', code: 'operational_disconnect', isRetryable: true },
    });
  });

  it('reads a bare problem', () => {
    const line = JSON.stringify({
      title: 'ConnectionException',
      type: slug('streaming-connection'),
      detail: 'd',
      connection_issue: 'TooManyConnections',
    });
    expect(readMessage(line)).toMatchObject({
      type: 'notice',
      notice: { isDisconnect: true },
      error: { code: 'too_many_connections' },
    });
  });

  it('lets the problem that ends the connection speak for all', () => {
    const line = JSON.stringify({
      errors: [
        { title: 'Not Found Error', type: slug('resource-not-found') },
        { title: 'x', disconnect_type: 'SlowReader' },
      ],
    });
    expect(readMessage(line)).toMatchObject({
      notice: { disconnectType: 'SlowReader' },
      error: { code: 'slow_reader' },
    });
  });

  it('does not take a notice about one object for the end', () => {
    const line = JSON.stringify({ errors: [{ title: 'Not Found Error', type: slug('resource-not-found') }] });
    expect(readMessage(line)).toMatchObject({
      type: 'notice',
      notice: { slug: 'resource-not-found', isDisconnect: false },
    });
  });

  it('survives errors that are no objects', () => {
    expect(readMessage('{"errors":[null,"text"]}')).toMatchObject({ type: 'notice', notice: { isDisconnect: false } });
  });

  it('reads the metadata of Powerstream', () => {
    expect(readMessage('{"type":"connection_metadata","datacenter":"atla","timestamp":1735154430123}')).toEqual({
      type: 'metadata',
      datacenter: 'atla',
      timestamp: '1735154430123',
    });
  });
});

describe('readPowerMessages', () => {
  const post: unknown = JSON.parse(sample('nativePost'));

  it('makes a message of each post of an array', () => {
    const item = { type: 'item', item: post };
    expect(readPowerMessages(`[${sample('nativePost')},${sample('nativePost')}]`)).toEqual([item, item]);
    expect(readPowerMessages(sample('nativePost'))).toEqual([item]);
    expect(readPowerMessages('[]')).toEqual([]);
  });

  it('reads all else as the other streams do', () => {
    expect(readPowerMessages('').map(({ type }) => type)).toEqual(['keep_alive']);
    expect(readPowerMessages('[').map(({ type }) => type)).toEqual(['malformed']);
    expect(readPowerMessages('[1,{"a":1}]').map(({ type }) => type)).toEqual(['malformed', 'unknown']);
    expect(readPowerMessages('{"errors":[{"title":"a"}]}').map(({ type }) => type)).toEqual(['notice']);
    expect(readPowerMessages('{"type":"connection_metadata"}').map(({ type }) => type)).toEqual(['metadata']);
  });
});

describe('messageReader', () => {
  it('reads with the reader of its stream', () => {
    const posts: XMessage[] = [];
    messageReader('filtered')(sample('post'), (message) => posts.push(message));
    expect(posts).toHaveLength(1);
    const natives: unknown[] = [];
    messageReader('powerstream')(`[${sample('nativePost')},${sample('nativePost')}]`, (message) =>
      natives.push(message),
    );
    expect(natives).toHaveLength(2);
  });
});
