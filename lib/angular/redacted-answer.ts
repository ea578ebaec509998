import { redact } from '../secrets.js';

/** An error answer without the secrets that the request carried: a source puts its body into the error. Good answers pass as they are. */
export function redactedAnswer(response: Response, secrets: readonly string[]): Response {
  const { body, status, statusText, headers } = response;
  const longest = secrets[0]?.length ?? 0;
  if (response.ok || body === null || longest === 0) return response;
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  // A secret may come in two pieces, so what could be the beginning of one waits for the next piece.
  let held = '';
  const clean = new TransformStream<Uint8Array, Uint8Array>({
    transform: (bytes, controller) => {
      held = redact(held + decoder.decode(bytes, { stream: true }), secrets);
      const ready = Math.max(0, held.length - longest + 1);
      controller.enqueue(encoder.encode(held.slice(0, ready)));
      held = held.slice(ready);
    },
    flush: (controller) => controller.enqueue(encoder.encode(redact(held + decoder.decode(), secrets))),
  });
  return new Response(body.pipeThrough(clean), { status, statusText, headers });
}
