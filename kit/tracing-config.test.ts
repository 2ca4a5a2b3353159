// What a collector is told with the spans: from a file that only its owner may read, and shown nowhere.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OtlpHeadersError, readOtlpHeaders, TracingConfig, tracingInFolder } from './tracing-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-tracing-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const secret = 'Bearer s3cret';
function put(name: string, text: string, mode = 0o600): void {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
}
const config = (change: object = {}) =>
  tracingInFolder(
    TracingConfig.parse({ otlpUrl: 'https://otlp.example', headersFile: 'headers', ...change }),
    folder,
  );

describe('the headers for a collector', () => {
  it('are read from the file beside the configuration, or from the credential of the unit', () => {
    put('headers', `Authorization: ${secret}\nX-Scope-OrgID: shops\n`);
    const headers = { authorization: secret, 'x-scope-orgid': 'shops' };
    expect(readOtlpHeaders(config(), {})).toEqual(headers);
    put('otlp-headers', `Authorization: ${secret}`, 0o640);
    const env = { CREDENTIALS_DIRECTORY: folder };
    expect(readOtlpHeaders(config({ headersFile: null }), env)).toEqual({ authorization: secret });
  });

  it('are none where nothing names them, and none are read where nobody collects', () => {
    expect(readOtlpHeaders(config({ headersFile: null }), {})).toEqual({});
    expect(readOtlpHeaders(config({ headersFile: null }), { CREDENTIALS_DIRECTORY: folder })).toEqual({});
    expect(readOtlpHeaders(config({ otlpUrl: null }), {})).toEqual({});
  });

  it.each<[string, () => void, object, string, string]>([
    ['that is missing', () => {}, {}, 'cannot be read', 'tracing.headersFile'],
    ['that others may read', () => put('headers', `A: ${secret}`, 0o644), {}, 'mode 0644', 'chmod 600'],
    ['without a header', () => put('headers', '\n'), {}, 'does not hold', 'each once'],
    ['with one twice', () => put('headers', `a: ${secret}\nA: ${secret}`), {}, 'does not hold', 'each once'],
    ['with a line that is none', () => put('headers', `A: b\n${secret}`), {}, 'line 2', 'a header a line'],
    ['with one that is ours', () => put('headers', 'Content-Type: text/plain'), {}, 'content-type', 'out'],
    [
      'for another machine without encryption',
      () => put('headers', `A: ${secret}`),
      { otlpUrl: 'http://otlp.example:4318' },
      'without encryption',
      'https://',
    ],
  ])(
    'of a file %s are refused, with what to do and without what is secret',
    (_, make, change, said, todo) => {
      make();
      const refused = (() => {
        try {
          return readOtlpHeaders(config(change), {});
        } catch (error) {
          return error;
        }
      })();
      if (!(refused instanceof OtlpHeadersError)) return expect.fail('they were taken');
      expect(refused.code).toBe('otlp_headers_unusable');
      expect(refused.message).toContain(said);
      expect(refused.hint).toContain(todo);
      expect(`${refused.message}${refused.hint}${refused.cause ?? ''}`).not.toContain('s3cret');
    },
  );
});
