import { describe, expect, it } from '@jest/globals';
import { defaultTransport } from '../../lib/default-transport.js';
import { fetchTransport } from '../../lib/transport.js';

describe('what requests go by elsewhere than in Node', () => {
  it('is fetch', () => {
    expect(defaultTransport).toBe(fetchTransport);
  });
});
