import { describe, expect, it } from '@jest/globals';
import { metadataHeader } from '../../../sources/chain/client-metadata.js';

describe('metadataHeader', () => {
  it('is JSON as base64url, whatever the text', () => {
    const metadata = { name: 'Zürich 東京 ?>~', version: 2, live: true };
    const header = metadataHeader('spec', metadata) ?? '';
    expect(header).toMatch(/^[\w-]+$/);
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual(metadata);
    expect(metadataHeader('spec', undefined)).toBeUndefined();
  });

  it.each([[{ a: {} }], [{ a: Number.NaN }], [[]], ['a'], [{ a: null }], [{ a: 'x'.repeat(9_000) }]])(
    'refuses what is no header: %#',
    (metadata) => {
      expect(() => void Reflect.apply(metadataHeader, undefined, ['spec', metadata])).toThrow(/clientMetadata/);
    },
  );
});
