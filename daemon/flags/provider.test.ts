// The provider as whoever asks for a flag sees it: through an OpenFeature client.
import { type Client, ErrorCode, OpenFeature } from '@openfeature/server-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPolicyProvider, type PolicyProvider } from './provider.ts';

let provider: PolicyProvider;
let client: Client;
let domains = 0;

beforeEach(async () => {
  provider = createPolicyProvider();
  const domain = `test-${domains++}`;
  await OpenFeature.setProviderAndWait(domain, provider);
  client = OpenFeature.getClient(domain);
});

const till3 = { targetingKey: 'leeds-1/till-3', site: 'leeds', kiosk: 'till-3' };

describe('an OpenFeature client over the policy', () => {
  it('is told value, variant, reason and the policy they come from', async () => {
    provider.take({
      policyVersion: 7,
      flags: { 'new-slip': { shareBasisPoints: 10_000, sites: ['leeds'] } },
    });
    expect(await client.getBooleanDetails('new-slip', false, till3)).toEqual({
      flagKey: 'new-slip',
      value: true,
      variant: 'on',
      reason: 'TARGETING_MATCH',
      flagMetadata: { policyVersion: 7 },
    });
  });

  it.each(['unknown', 'constructor', 'toString'])(
    'gets the default for the unknown flag %s',
    async (name) => {
      provider.take({ policyVersion: 1, flags: { 'new-slip': { shareBasisPoints: 10_000 } } });
      for (const value of [true, false]) {
        expect(await client.getBooleanDetails(name, value, till3)).toMatchObject({
          value,
          reason: 'ERROR',
          errorCode: ErrorCode.FLAG_NOT_FOUND,
        });
      }
    },
  );

  it('gets the default before there is a policy', async () => {
    const details = await client.getBooleanDetails('new-slip', true, till3);
    expect(details).toMatchObject({ value: true, errorCode: ErrorCode.FLAG_NOT_FOUND });
  });

  it('gets the default and why, when nobody is there to draw for', async () => {
    provider.take({ policyVersion: 1, flags: { 'new-slip': { shareBasisPoints: 5000 } } });
    const details = await client.getBooleanDetails('new-slip', true, { site: 7, kiosk: null });
    expect(details).toMatchObject({ value: true, errorCode: ErrorCode.TARGETING_KEY_MISSING });
  });

  it('gets the default and why, for anything but a boolean', async () => {
    provider.take({ policyVersion: 1, flags: { 'new-slip': { shareBasisPoints: 10_000 } } });
    const answers = [
      await client.getStringDetails('new-slip', 'x', till3),
      await client.getNumberDetails('new-slip', 3, till3),
      await client.getObjectDetails('new-slip', { a: 1 }, till3),
    ];
    expect(answers.map(({ value, errorCode }) => [value, errorCode])).toEqual([
      ['x', ErrorCode.TYPE_MISMATCH],
      [3, ErrorCode.TYPE_MISMATCH],
      [{ a: 1 }, ErrorCode.TYPE_MISMATCH],
    ]);
    expect(await client.getStringDetails('none', 'x')).toMatchObject({ errorCode: ErrorCode.FLAG_NOT_FOUND });
  });

  it('goes by the newest policy, whatever order they come in', async () => {
    provider.take({ policyVersion: 3, flags: { 'new-slip': { shareBasisPoints: 10_000 } } });
    provider.take({ policyVersion: 2, flags: { 'new-slip': { shareBasisPoints: 0 } } });
    expect(await client.getBooleanValue('new-slip', false, till3)).toBe(true);
    provider.take({ policyVersion: 4, flags: { 'new-slip': { shareBasisPoints: 0 } } });
    expect(await client.getBooleanDetails('new-slip', true, till3)).toMatchObject({
      value: false,
      variant: 'off',
      reason: 'DISABLED',
    });
  });
});
