import { parseArgs } from 'node:util';
import { runChain } from './chain-demo.js';
import { runDelivery } from './delivery-demo.js';
import { runDurable } from './durable-demo.js';
import { runLlm } from './llm-demo.js';
import { reporter } from './reporter.js';
import { runX } from './x-demo.js';

const usage = `npm start -- [--seconds N] [--json]

Streams from local servers that misbehave on schedule, kills a consumer with kill -9 and starts it again from its checkpoint
file, reads and writes a durable stream over wires that are cut, talks with models that fail in the middle of words, adds up the
transfers of a chain while the service that tells of them is killed and started again, and proves that nothing was lost.
  --seconds N  how long to stream, 3 to 3600 (default 20)
  --json       items as NDJSON, then one line {"summary":{...}}
Exit code: 0 if items came, none was lost, none of the durable stream or a model came twice and the balances are those of the
chain; 1 if not, 2 for a bad option.
`;

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const report = reporter(options.json);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const demo = { seconds: options.seconds, signal: stop.signal, report };
  const [x, delivery, durable, llm, chain] = await Promise.all([
    runX(demo),
    runDelivery(demo),
    runDurable(demo),
    runLlm(demo),
    runChain(demo),
  ]);
  report.summary({ x, delivery, durable, llm, chain });
  // A stream that never ran has lost nothing and proved nothing.
  const isComplete = [x, delivery, durable, llm].every(({ lost, received }) => lost === 0 && received > 0);
  const isOnce = durable.duplicates + durable.disordered + llm.duplicates === 0;
  const isChainRight = chain.lost === 0 && chain.handled > 0 && chain.balancesMatch;
  return isComplete && isOnce && isChainRight ? 0 : 1;
}

function readOptions(): { seconds: number; json: boolean; help: boolean } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '20' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const seconds = Number(values.seconds);
    if (!(seconds >= 3 && seconds <= 3_600)) throw new TypeError('--seconds must be a number from 3 to 3600');
    return { seconds, json: values.json, help: values.help };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return undefined;
  }
}

// A closed pipe (`npm start | head`) is somebody who has seen enough.
process.stdout.on('error', () => process.exit(0));
process.exitCode = await main();
