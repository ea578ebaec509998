import { Agent, request } from 'node:http';
import { isRecord } from '../x/api.js';

/** One call of a JSON-RPC server. */
export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface JsonRpc {
  /** Errors: what the server says, or that it is not there. */
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /** Many in one request; the results in the order of the calls. */
  batch(calls: readonly RpcCall[]): Promise<readonly unknown[]>;
  close(): void;
}

/** JSON-RPC over HTTP on the loopback, on few connections that are kept. */
export function jsonRpc(port: number): JsonRpc {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let id = 0;
  const batch = async (calls: readonly RpcCall[]): Promise<readonly unknown[]> => {
    if (calls.length === 0) return [];
    const asked = calls.map(({ method, params }) => ({ jsonrpc: '2.0', id: ++id, method, params }));
    const answer = await post(agent, port, JSON.stringify(asked));
    const byId = new Map(answers(answer).map((one) => [one['id'], one]));
    return asked.map((call) => resultOf(byId.get(call.id), call.method));
  };
  return {
    batch,
    call: async (method, ...params) => (await batch([{ method, params }]))[0],
    close: () => agent.destroy(),
  };
}

function answers(value: unknown): Readonly<Record<string, unknown>>[] {
  return (Array.isArray(value) ? value : [value]).filter(isRecord);
}

function resultOf(answer: Readonly<Record<string, unknown>> | undefined, method: string): unknown {
  if (answer === undefined) throw new Error(`${method}: no answer`);
  const { error } = answer;
  if (isRecord(error)) throw new Error(`${method}: ${String(error['message'])}`);
  return answer['result'];
}

function post(agent: Agent, port: number, body: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, host: '127.0.0.1', port, method: 'POST', headers }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString('utf8')));
        } catch {
          reject(new Error(`HTTP ${incoming.statusCode ?? 0} without JSON`));
        }
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
