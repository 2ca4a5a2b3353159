// What `report` at the console of a box says, and what must be so.

/** @returns what is not as it must be, a line each */
export function judgeReport(text: string, say: (line: string) => void): string[] {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^([a-z]+):(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.trim()] as const];
    }),
  );
  for (const [name, value] of values) say(`    ${name}: ${value}`);
  return rules.flatMap(({ name, must, words }) => {
    const value = values.get(name);
    return value !== undefined && must.test(value)
      ? []
      : [`${words}; the box says ${name}: ${value ?? 'nothing'}`];
  });
}

const rules: { name: string; must: RegExp; words: string }[] = [
  { name: 'system', must: /^(running|starting)$/, words: 'the system must have come up whole' },
  { name: 'failed', must: /^$/, words: 'no unit may have failed' },
  {
    name: 'service',
    must: /^active, .* watchdog 1min$/,
    words: 'the service must be up, under its watchdog',
  },
  { name: 'root', must: /^ro, .*Read-only file system$/, words: 'the root must refuse to be written' },
  { name: 'data', must: /^rw, /, words: 'the data partition must be writable' },
  {
    name: 'listening',
    must: /^0\.0\.0\.0:443 127\.0\.0\.1:8080$/,
    words: 'nobody may listen but the service',
  },
];
