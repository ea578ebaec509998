import { describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, toArray } from 'rxjs';
import { messageLines } from '../../../apps/cli/x-message-lines.js';
import { noticeError, readMessage, type XStreamMessage } from '../../../sources/x/index.js';

const gap = { type: 'gap', from: 1_000, to: 13_000, recovered: 'lost' } as const;
const lines = [
  '{"data":{"id":"1","text":"a"}}',
  '',
  'SECRET {',
  'SECRET [',
  'SECRET (',
  '{"errors":[{"title":"operational-disconnect","disconnect_type":"SlowReader","detail":"too slow"}]}',
  '{"errors":[{"title":"Not Found Error","detail":"no such user","type":"https://api.x.com/2/problems/resource-not-found"}]}',
  '{"something":"new"}',
  '{"something":"newer"}',
];

async function printed(
  options: { messages?: boolean; raw?: boolean },
  messages: readonly XStreamMessage[] = [...lines.map((line) => readMessage(line)), gap],
): Promise<{ printed: unknown[]; notes: string[] }> {
  const notes: string[] = [];
  const source = from(messages).pipe(messageLines({ ...options, note: (text) => notes.push(text) }), toArray());
  return { printed: (await lastValueFrom(source)).map((line): unknown => JSON.parse(line)), notes };
}

describe('the messages of X', () => {
  it('print as their items only, and everything else that matters is told', async () => {
    const { printed: items, notes } = await printed({});
    expect(items).toEqual([{ data: { id: '1', text: 'a' } }]);
    expect(notes).toEqual([
      expect.stringMatching(/^warning: a line is malformed and left out: not JSON/),
      expect.stringContaining('no such user'),
      expect.stringContaining('unknown kind'),
      expect.stringMatching(/^nobody listened for 12 s: .*lost/),
    ]);
    expect(notes.join()).not.toContain('SECRET');
  });

  it('print all with --messages, the text of malformed lines only with --raw', async () => {
    const { printed: all, notes } = await printed({ messages: true });
    const { errorType, code } = noticeError({ disconnect_type: 'SlowReader' });
    expect(all).toMatchObject([
      { type: 'item', item: { data: { id: '1' } } },
      { type: 'keep_alive' },
      { type: 'malformed', code: 'invalid_json', length: 8 },
      { type: 'malformed' },
      { type: 'malformed' },
      { type: 'notice', errorType, code, isDisconnect: true, detail: 'too slow' },
      { type: 'notice', code: 'not_found', isDisconnect: false },
      { type: 'unknown', value: { something: 'new' } },
      { type: 'unknown' },
      gap,
    ]);
    expect(notes).toEqual([]);
    expect(JSON.stringify(all)).not.toContain('SECRET');
    expect((await printed({ messages: true, raw: true })).printed[2]).toMatchObject({ raw: 'SECRET {' });
  });

  it('go on after an item that no JSON can hold', async () => {
    const deep = readMessage(`{"data":{"id":"1","text":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`);
    const { printed: items, notes } = await printed({}, [deep, readMessage(lines[0] ?? '')]);
    expect(items).toHaveLength(1);
    expect(notes).toEqual(['warning: an item is nested too deeply to be printed']);
  });
});
