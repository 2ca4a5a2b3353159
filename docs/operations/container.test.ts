// The page on containers is true as far as words can be checked: what it mounts, opens and asks is what the recipe says, and its
// configuration is one. `npm run image:oci` runs the images themselves.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { judgeConfig } from '../../daemon/config.ts';

const checkout = resolve(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
const page = read('docs/operations/container.md');
const recipe = read('Dockerfile.arm64');

it('shows a configuration that enrolment makes whole', () => {
  const [, toml = ''] = /```toml holdfast\.toml\n(.*?)```/s.exec(page) ?? [];
  expect(judgeConfig(toml)).toEqual(['central: must be given']);
  const enrolled = `${toml}\n[central]\nurl = "mqtts://central.example:8883"\n`;
  expect(judgeConfig(enrolled)).toEqual([]);
});

it('mounts every volume of the recipe in each container it starts, for the recipe’s user', () => {
  const runs = [...page.matchAll(/podman run(?:[^\\\n]|\\\n)*/g)].map(([command]) => command);
  expect(runs).toHaveLength(2);
  for (const command of runs) {
    expect(command).toContain('--read-only');
    for (const path of ['/etc/holdfast', '/var/lib/holdfast']) expect(command).toContain(`:${path} `);
  }
  expect(recipe).toContain('VOLUME ["/etc/holdfast", "/var/lib/holdfast"]');
  expect(recipe).toContain('USER 65532:65532');
  expect(page).toContain('-o 65532 -g 65532');
});

it('names the ports of the recipe, and asks for health as it does', () => {
  const ports = [...recipe.matchAll(/^EXPOSE (.*)$/gm)].flatMap(([, line = '']) => line.split(' '));
  expect(ports).toContain('8443');
  expect(ports.filter((port) => !page.includes(port))).toEqual([]);
  const checks = [...recipe.matchAll(/CMD (\["[^\]]*"health"[^\]]*\])/g)].map(([, words = '']) =>
    JSON.parse(words),
  );
  expect(checks).toHaveLength(2);
  for (const [, ...words] of checks) expect(page).toContain(words.join(' '));
  expect(page).toContain('command: ["/usr/bin/holdfast", "health"]');
});
