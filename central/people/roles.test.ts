import { describe, expect, it } from 'vitest';
import { actions, type Role, roleMay, roles } from './roles.ts';

describe('a role', () => {
  const may = (role: Role) => actions.filter((action) => roleMay(role, action));

  it('may do everything when it is admin', () => {
    expect(may('admin')).toEqual(actions);
  });

  it('only looks when it is viewer', () => {
    expect(may('viewer').filter((action) => !action.endsWith('.read'))).toEqual(['session.own']);
    expect(may('viewer')).not.toContain('audit.read');
  });

  it('settles no difference of money and manages no key when it is support', () => {
    expect(may('support')).toContain('review.decide');
    expect(may('support')).not.toContain('exception.settle');
    expect(may('finance')).not.toContain('key.manage');
  });

  it('may do whatever the narrower ones may', () => {
    for (const [i, role] of roles.entries()) {
      for (const narrower of roles.slice(0, i))
        expect(may(role)).toEqual(expect.arrayContaining(may(narrower)));
    }
  });
});
