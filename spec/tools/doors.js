import { readFileSync } from 'node:fs';

/** The doors of the package, as package.json declares them: the one list that every gate goes by. */
export function readDoors(root = process.cwd()) {
  const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([name, target]) => describeDoor(manifest.name, name, target));
}

function describeDoor(packageName, name, target) {
  const built = target.default.replace('./', '');
  return {
    name,
    specifier: packageName + name.slice(1),
    // `.` has no name of its own to call a report or a budget by
    label: name === '.' ? packageName : name.slice(2).replaceAll('/', '-'),
    source: built.replace('dist/', '').replace(/\.js$/, '.ts'),
    built,
    types: target.types.replace('./', ''),
  };
}
