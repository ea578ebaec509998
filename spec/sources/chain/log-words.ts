/** Bytes as `0x` and small hex digits. */
export function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

/** One slot of 32 bytes: a number, or hex digits to stand at its end. Without `0x`. */
export function word(value: number | bigint | string): string {
  return (typeof value === 'string' ? value : value.toString(16)).padStart(64, '0');
}

/** Hex digits at the beginning of a slot. Without `0x`. */
export function wordOf(digits: string): string {
  return digits.padEnd(64, '0');
}

/** Slots as data, or one as a topic. */
export function dataOf(...words: readonly string[]): string {
  return `0x${words.join('')}`;
}
