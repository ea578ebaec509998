import { spawn } from 'node:child_process';

/** Runs each contestant `rounds` times in fresh processes, in rotated order, and returns the median result of each. */
export async function contest(contestants, { rounds = 5, run }) {
  const results = new Map(contestants.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let at = 0; at < contestants.length; at += 1) {
      const name = contestants[(at + round) % contestants.length];
      results.get(name).push(await run(name));
    }
  }
  return new Map([...results].map(([name, values]) => [name, median(values)]));
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The last line that a program prints, as JSON. */
export async function runProgram(file, args, { nodeArgs = [] } = {}) {
  const path = new URL(file, import.meta.url).pathname;
  const child = spawn(process.execPath, [...nodeArgs, path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await new Promise((resolve) => child.once('close', (...all) => resolve(all)));
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}`);
  return JSON.parse(output.trim().split('\n').at(-1));
}

/** A server in a process of its own, so that its work is not counted; it prints its URL first. */
export async function startServer(file, args) {
  const path = new URL(file, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const url = await new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk).trim())));
  return { url, stop: () => child.kill() };
}

/** A Markdown table whose ratio is against the first row. */
export function table(title, unit, results) {
  const [[, base]] = results;
  const rows = [...results].map(([name, value]) => `| ${name} | ${format(value)} | ${(value / base).toFixed(2)} |`);
  return [`### ${title}`, '', `| contestant | ${unit} | ratio |`, '|---|---|---|', ...rows].join('\n');
}

function format(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
