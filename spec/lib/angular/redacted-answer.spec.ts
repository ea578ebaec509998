import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redactedAnswer } from '../../../lib/angular/redacted-answer.js';

function answerOf(text: string, cuts: readonly number[], status: number): Response {
  const bytes = new TextEncoder().encode(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      ends.forEach((end, index) => controller.enqueue(bytes.slice(ends[index - 1] ?? 0, end)));
      controller.close();
    },
  });
  return new Response(body, { status, headers: { 'x-a': 'b' } });
}

describe('redactedAnswer', () => {
  it('takes secrets out of an error answer, wherever its pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 5 }), async (cuts) => {
        const answer = redactedAnswer(answerOf('é: Bearer swordfish, swordfish', cuts, 401), [
          'Bearer swordfish',
          'swordfish',
        ]);
        expect(await answer.text()).toBe('é: [redacted], [redacted]');
        expect([answer.status, answer.headers.get('x-a')]).toEqual([401, 'b']);
      }),
      { numRuns: 50 },
    );
  });

  it('passes a good answer, and any where there is no secret', () => {
    const good = answerOf('swordfish', [], 200);
    expect(redactedAnswer(good, ['swordfish'])).toBe(good);
    const plain = answerOf('x', [], 500);
    expect(redactedAnswer(plain, [])).toBe(plain);
  });
});
