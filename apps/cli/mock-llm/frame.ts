/** An event of a wire whose events say what they are. */
export interface NamedEvent {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** An event with its name, as Anthropic and Responses send them. */
export function namedFrame(event: NamedEvent): string {
  return `event: ${event.type}\n${dataFrame(event)}`;
}

/** An event without a name, as Chat Completions sends them. */
export function dataFrame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** The frames of a recording, each with the empty line behind it; what follows the last one is one too. */
export function framesOf(recording: string | Uint8Array): readonly Buffer[] {
  // One character a byte, so that nothing is decoded: a recording may be broken on purpose.
  const text = Buffer.from(recording).toString('latin1');
  const frames = text.match(/[^]+?(?:\r\n\r\n|\n\n|\r\r|$)/g) ?? [];
  return frames.map((frame) => Buffer.from(frame, 'latin1'));
}
