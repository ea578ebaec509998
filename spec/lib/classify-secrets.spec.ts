import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { classifyError } from '../../lib/classify.js';
import { classifyAnswer } from '../../lib/classify-status.js';

const canary = 'CANARY-77';

/** Every place where a person or a log may see an error. */
function visible(error: unknown): string {
  const parts: string[] = [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), String(error)];
  for (let link = error; link instanceof Error; link = link.cause) parts.push(link.message, link.stack ?? '');
  return parts.join('\n');
}

function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

async function rejected(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

const sentence = (name: string, message: string): unknown => Object.assign(new Error(message), { name });

describe('classifyError keeps secrets and payload out', () => {
  const thrown: readonly (readonly [string, () => unknown])[] = [
    ['JSON.parse', () => JSON.parse(`{"a": ${canary}}`)],
    ['JSON.parse of a bare word', () => JSON.parse(canary)],
    ['new URL', () => new URL(`http://[${canary}`)],
    ['Headers.append', () => new Headers({ authorization: `Bearer ${canary}\0x` })],
    ['Headers with a line break', () => new Headers({ authorization: `Bearer ${canary}\nx: y` })],
    ['new Request with credentials', () => new Request(`http://user:${canary}@localhost/`)],
  ];
  it.each(thrown)('of %s', (_name, call) => {
    const raw = thrownBy(call);
    expect(visible(raw)).toContain(canary);
    expect(visible(classifyError(raw))).not.toContain(canary);
  });

  it('of fetch', async () => {
    const inputs = [`http://user:${canary}@localhost/`, `/relative?token=${canary}`, `http://[::?token=${canary}`];
    for (const input of inputs) {
      const raw = await rejected(() => fetch(input));
      expect(visible(raw)).toContain(canary);
      expect(visible(classifyError(raw))).not.toContain(canary);
    }
  });

  it.each([
    ['Deno', sentence('TypeError', `error sending request for url (https://a.example/?token=${canary})`)],
    ['Bun', sentence('TypeError', `Header 'authorization' has invalid value: 'Bearer ${canary}'`)],
    ['Firefox', sentence('TypeError', `Window.fetch: /x?token=${canary} is not a valid URL.`)],
    ['a wrapped JSON error', sentence('Error', `bad frame: Unexpected token 'S', "${canary}" is not valid JSON`)],
    ['ky with its request', Object.assign(new Error('401'), { request: new Request('http://a.example', bearer()) })],
    ['axios with its config', Object.assign(new Error('401'), { config: { headers: bearer().headers } })],
    ['a cause that quotes', new Error('outer', { cause: new SyntaxError(`"${canary}" is not valid JSON`) })],
    ['a thrown address', `https://a.example/?token=${canary}`],
  ])('of %s', (_name, raw) => {
    expect(inspect(raw, { depth: 10, showHidden: true })).toContain(canary);
    expect(visible(classifyError(raw))).not.toContain(canary);
  });

  it('while an error that quotes nothing stays the cause', () => {
    const raw = new Error('plain');
    expect(classifyError(raw).cause).toBe(raw);
  });
});

describe('classifyAnswer', () => {
  it('quotes at most 200 characters of a body in its message', () => {
    const body = JSON.stringify({ title: 'x'.repeat(500) });
    const error = classifyAnswer({ status: 400, headers: new Headers(), body, target: 'https://a.example/p' });
    expect(error.message).toBe(`HTTP 400 from https://a.example/p: ${'x'.repeat(200)}`);
    expect(error.responseBody).toBe(body);
  });
});

function bearer(): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${canary}` } };
}
