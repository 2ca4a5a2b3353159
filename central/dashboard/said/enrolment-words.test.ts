import { expect, it } from 'vitest';
import { enrolmentStates } from '../../enrolment/progress.ts';
import { enrolmentSteps, readEnrolment, stepsDone } from './enrolment-words.ts';

it('counts the steps of a box on its way, and none of one that gets no further', () => {
  expect(enrolmentStates.map(stepsDone)).toEqual([1, 2, 3, 4, enrolmentSteps, null, null, null, null]);
});

it('asks for a known site or a new one, and for nothing while something is missing', () => {
  const form = { site: 'Leeds', newSite: '', applianceId: ' ', days: '14' };
  expect(readEnrolment(form)).toEqual({ site: 'Leeds', newSite: false, days: 14 });
  expect(readEnrolment({ ...form, site: '', newSite: ' Hull ', applianceId: 'hull-9' })).toEqual({
    ...{ site: 'Hull', newSite: true, days: 14, applianceId: 'hull-9' },
  });
  expect(readEnrolment({ ...form, site: '' })).toBeNull();
  expect(readEnrolment({ ...form, days: '91' })).toBeNull();
});
