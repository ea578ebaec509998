import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import { decodeCheckpoints, encodeCheckpoints } from '../../../lib/node/checkpoint-content.js';

const sample = new Map([
  ['posts', '1234'],
  ['blocks', 'a\nb"\u{1f30a}'],
]);

describe('the bytes of a checkpoint file', () => {
  it('hold every text and give it back', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (entries) => {
        const positions = new Map(entries);
        expect(decodeCheckpoints(encodeCheckpoints(positions))).toEqual(positions);
      }),
      { numRuns: 100 },
    );
  });

  it('are text that a person can read', () => {
    expect(encodeCheckpoints(new Map([['posts', '1234']])).toString()).toMatch(
      /^tailrace-checkpoint 1 17 [0-9a-f]{8}\n\["posts","1234"\]\n$/,
    );
  });

  it('are damaged when they end too early, at every byte', () => {
    const bytes = encodeCheckpoints(sample);
    for (let length = 0; length < bytes.length; length += 1) {
      expect({ length, read: decodeCheckpoints(bytes.subarray(0, length)) }).toEqual({ length, read: undefined });
    }
  });

  it('are damaged when any one bit is wrong', () => {
    const bytes = encodeCheckpoints(sample);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const wrong = Buffer.from(bytes);
      wrong.writeUInt8(wrong.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect({ bit, read: decodeCheckpoints(wrong) }).toEqual({ bit, read: undefined });
    }
  });

  it('are damaged when any stretch of them is zeroed, as after a loss of power', () => {
    const bytes = encodeCheckpoints(sample);
    for (let from = 0; from < bytes.length; from += 1) {
      expect(decodeCheckpoints(Buffer.concat([bytes.subarray(0, from), Buffer.alloc(bytes.length - from)]))).toBe(
        undefined,
      );
    }
  });

  it.each([
    ['something follows', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\n')])],
    ['they stand there twice', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
    ['another version wrote them', (bytes: Buffer) => Buffer.from(bytes.toString().replace(' 1 ', ' 2 '))],
    ['they are something else', () => Buffer.from('{"name":"a-package"}\n')],
  ])('are damaged when %s', (_, spoil) => {
    expect(decodeCheckpoints(spoil(encodeCheckpoints(sample)))).toBeUndefined();
  });

  it.each(['[1,"2"]\n', '["a"]\n', '["a","b","c"]\n', '{"a":"b"}\n', 'null\n', '["a","b"\n', '\n', '["a","b"]'])(
    'are damaged when they hold %j, although the checksum is right',
    (body) => {
      const sum = crc32(body).toString(16).padStart(8, '0');
      expect(decodeCheckpoints(Buffer.from(`tailrace-checkpoint 1 ${body.length} ${sum}\n${body}`))).toBeUndefined();
    },
  );
});
