// Which keys of a configuration differ, by their names in the file.

/** The names of the values that differ, such as `http.ratePerMinute`; a list counts as one value. */
export function changedKeys(before: unknown, after: unknown, name = ''): string[] {
  if (isTable(before) && isTable(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => changedKeys(before[key], after[key], name ? `${name}.${key}` : key));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [name];
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
