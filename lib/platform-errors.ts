import { errorChain, field } from './error-chain.js';
import { sentenceIn } from './error-sentences.js';
import { sentences, signatureOf } from './error-signatures.js';
import { dropped, type Verdict } from './failure-verdict.js';

/** What the codes and names of an error and of its causes say: those of Node, undici, OpenSSL, Bun and Deno. */
export function byCode(error: unknown, phase: 'request' | 'body'): Verdict | undefined {
  for (const code of codesOf(error)) {
    const found = signatureOf(code);
    if (found === undefined) continue;
    switch (found.kind) {
      case 'timeout':
        return ['timeout', phase === 'body' ? 'idle_timeout' : found.code, `the time limit has passed: ${code}`];
      case 'drop':
        return dropped(found.code, code, phase);
      case 'redirect':
        return ['fatal_error', 'redirect_refused', `refused: ${code}`];
      case 'tls':
        // Certificates do not heal by asking again. A record that arrives broken in an open stream is a broken wire.
        if (phase === 'body') return dropped('connection_reset', code, phase);
        return ['fatal_error', 'tls', `TLS refused: ${code}`];
    }
  }
  return undefined;
}

function codesOf(error: unknown): string[] {
  return errorChain(error)
    .flatMap((link) => [field(link, 'code'), field(link, 'name')])
    .filter((code) => code !== undefined);
}

/** What a sentence of any platform stands for. */
export function sentenceOf(message: string): ReturnType<typeof sentenceIn> {
  return sentenceIn(sentences, message);
}
