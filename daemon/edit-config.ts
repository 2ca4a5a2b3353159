// A key of a TOML file set to a value, with every comment, blank and other key left as it is.
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'smol-toml';

/** Where a key stands: the names of its tables, then its own. */
export type KeyPath = readonly [string, ...string[]];
export type Literal = string | number | boolean | readonly string[];

/**
 * @param text the file as it is
 * @returns the file with the key set, or null where the edit would change anything else: a table written in a way that this
 * does not understand, such as an inline table over several lines. Then it is the user's to edit.
 */
export function setKey(text: string, path: KeyPath, value: Literal): string | null {
  const wanted = withKey(parse(text), path, value);
  for (const edit of [replaceLine, insertLine, rewriteInlineTable, appendTable]) {
    const edited = edit(text, path, JSON.stringify(value));
    // The file's own reader says whether the edit means what it should: no cleverness above is trusted.
    if (edited !== null && means(edited, wanted)) return edited;
  }
  return null;
}

type Edit = (text: string, path: KeyPath, literal: string) => string | null;

/** The key is there, on a line of its own: what stands before and behind the value stays. */
const replaceLine: Edit = (text, path, literal) =>
  mapOneLine(text, path, (line, names) => {
    const key = dotted(names);
    const found = new RegExp(
      `^(\\s*${key}\\s*=\\s*)("(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^#"'\\s][^#]*?)(\\s*(?:#.*)?)$`,
    ).exec(line);
    return found ? [`${found[1]}${literal}${found[3]}`] : null;
  });

/** The table is there, and the key is not: it becomes the table's first; of the root, the file's last before a table. */
const insertLine: Edit = (text, path, literal) => {
  const tables = path.slice(0, -1);
  const line = `${path.at(-1)} = ${literal}`;
  const lines = text.split('\n');
  if (tables.length === 0) {
    const first = lines.findIndex((candidate) => /^\s*\[/.test(candidate));
    const at = first < 0 ? lines.length - (lines.at(-1) === '' ? 1 : 0) : startOfComments(lines, first);
    return lines.toSpliced(at, 0, line, ...(first < 0 ? [] : [''])).join('\n');
  }
  const header = lines.findIndex((candidate) =>
    new RegExp(`^\\s*\\[\\s*${dotted(tables)}\\s*\\]`).test(candidate),
  );
  return header < 0 ? null : lines.toSpliced(header + 1, 0, line).join('\n');
};

/** `table = { … }` on one line: the key is put behind its others. */
const rewriteInlineTable: Edit = (text, path, literal) => {
  const [table, key, ...deeper] = path;
  if (key === undefined || deeper.length > 0) return null;
  return mapOneLine(text, [table], (line) => {
    const found = new RegExp(`^(\\s*${table}\\s*=\\s*\\{)(.*)(\\}\\s*(?:#.*)?)$`).exec(line);
    if (!found) return null;
    const [, before = '', inside = '', behind = ''] = found;
    const value = new RegExp(
      `(^|,)(\\s*${key}\\s*=\\s*)("(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^,"'{[]+?)(\\s*)(?=,|$)`,
    );
    const changed = inside.replace(value, (_, comma, name, __, blank) => `${comma}${name}${literal}${blank}`);
    const added = `${inside.trimEnd()}${inside.trim() ? ',' : ''} ${key} = ${literal} `;
    // The replacement may not have found it, or found it within a text: the reader decides which of the two it is.
    return changed === inside ? [before + added + behind] : [before + changed + behind];
  });
};

/** The table is not there. */
const appendTable: Edit = (text, path, literal) => {
  const tables = path.slice(0, -1);
  if (tables.length === 0) return null;
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}\n[${tables.join('.')}]\n${path.at(-1)} = ${literal}\n`;
};

/** Offers each line whose table is a beginning of the path, with what is left of the path; the first change is the edit. */
function mapOneLine(
  text: string,
  path: KeyPath,
  change: (line: string, names: readonly string[]) => string[] | null,
): string | null {
  let table: string[] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[\s*([A-Za-z0-9_.\s-]+?)\s*\]\s*(#.*)?$/.exec(line);
    if (header) table = (header[1] ?? '').split('.').map((name) => name.trim());
    else if (table.every((name, depth) => name === path[depth]) && table.length < path.length) {
      const changed = change(line, path.slice(table.length));
      if (changed) return lines.toSpliced(index, 1, ...changed).join('\n');
    }
  }
  return null;
}

/** Comments right above a table belong to it. */
function startOfComments(lines: readonly string[], header: number): number {
  let at = header;
  while (at > 0 && /^\s*#/.test(lines[at - 1] ?? '')) at--;
  return at;
}

function dotted(names: readonly string[]): string {
  return names.join('\\s*\\.\\s*');
}

function withKey(
  document: Record<string, unknown>,
  [name, ...rest]: readonly string[],
  value: Literal,
): Record<string, unknown> {
  if (name === undefined) return document;
  if (rest.length === 0) return { ...document, [name]: value };
  const inner = document[name];
  const table = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  return { ...document, [name]: withKey(table, rest, value) };
}

function means(text: string, wanted: Record<string, unknown>): boolean {
  try {
    // Written out, so that only values count and not what the reader's objects are made of.
    return isDeepStrictEqual(plain(parse(text)), plain(wanted));
  } catch {
    return false;
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each)));
}
