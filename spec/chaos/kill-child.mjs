/**
 * A life of the program that `kill.spec.ts` kills: `node kill-child.mjs URL FILE OPTIONS`, where OPTIONS is JSON. It writes the number of
 * each item to stdout when it has handled it, before it is acknowledged. By the package's own name: what users install is what is killed.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tap } from 'rxjs';
import { byteStream, lines, readGate } from 'tailrace';
import { fileCheckpoint, nodeTransport } from 'tailrace/node';
import { ackMap, checkpoint, decodeJson, deliver, drain, fromCheckpoint, retryBackoff } from 'tailrace/operators';

const [url = '', file = '', given = '{}'] = process.argv.slice(2);
const { maxUnacked, maxUnsaved, everyCount, every, concurrency, ordered } = JSON.parse(given);
const store = fileCheckpoint(file);
const saved = checkpoint(store, 'log', { every, everyCount, maxUnsaved });

const open = (position) => {
  let last = Number(position ?? 0);
  const gate = readGate();
  const backoff = { maxRetries: -1, initialBackoff: 2, maxBackoff: 20 };
  return byteStream({ url, params: { after: () => last }, transport: nodeTransport(), gate }).pipe(
    lines(),
    decodeJson(),
    // Before it is delivered, and in the same turn: a drop cannot fall between the two.
    tap(({ n }) => (last = n)),
    retryBackoff(backoff),
    deliver({ maxUnacked, gate, positionOf: ({ n }) => String(n) }),
  );
};

const handle = async ({ n }) => {
  // Out of order; and some slower than a save, so that whoever acknowledges too early is found out.
  if (n % 3 === 0) await sleep(n % 9 === 0 ? 25 : n % 5);
  writeSync(1, `${n}\n`);
};

const end = async () => {
  await drain(subscription, saved);
  await store.close();
};
const subscription = fromCheckpoint(store, 'log', open)
  .pipe(saved, ackMap(handle, { concurrency, ordered }))
  .subscribe({
    error: (error) => {
      process.stderr.write(`${error.name} ${error.code}: ${error.message}\n`);
      process.exitCode = 1;
    },
    complete: () => void end(),
  });
