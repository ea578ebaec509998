import { browserSentences, sentenceIn } from './error-sentences.js';
import type { Verdict } from './failure-verdict.js';

/**
 * What stands in for `platform-errors.js` in a bundle for browsers (the `browser` field of package.json): no browser gives a code,
 * and the tables of those of Node, OpenSSL, Bun and Deno would be a tenth of such a bundle.
 */
export function byCode(): Verdict | undefined {
  return undefined;
}

/** What a browser's sentence stands for. */
export function sentenceOf(message: string): ReturnType<typeof sentenceIn> {
  return sentenceIn(browserSentences, message);
}
