import type { OptionRule } from './check-options.js';

/** RFC 9110 5.6.2: a token, which is also what a method is. */
const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i;
/** RFC 9110 5.5: no control character but the tab. */
const controls = /[\0-\x08\x0a-\x1f\x7f]/;

/** The name of an HTTP method. */
export const methodRule: OptionRule = {
  expected: 'the name of an HTTP method',
  test: (value) => typeof value === 'string' && token.test(value),
};

/** What the value of this header may be. The platform's own error for a bad one quotes it, so it must never come to that. */
export function headerRule(name: string): OptionRule {
  const goodName = token.test(name);
  return {
    expected: goodName ? 'text without control characters or spaces around it' : 'under a name that HTTP allows',
    test: (value) => goodName && typeof value === 'string' && !controls.test(value) && value.trim() === value,
  };
}

/** What a message calls this header. A name that HTTP does not allow may be a whole header line, token and all. */
export function headerLabel(name: string): string {
  return token.test(name) ? `header "${name}"` : 'a header';
}

/** The value as one character a byte: what is beyond ASCII (an event id, RFC 9110 5.5) goes out as UTF-8. */
export function headerBytes(value: string): string {
  return /^[\x20-\x7e\t]*$/.test(value) ? value : String.fromCharCode(...new TextEncoder().encode(value));
}
