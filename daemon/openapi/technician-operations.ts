// The operations behind the technician's page.
import type { ProblemCode } from '../http/problems.ts';
import { any, body, type Operation } from './operation.ts';

/** Behind the PIN, and before it. */
const ofPage: readonly ProblemCode[] = [...any, 'origin_refused'];
const technicians: readonly ProblemCode[] = [...ofPage, 'technician_signed_out'];

export const technicianOperations: readonly Operation[] = [
  {
    id: 'makeSyntheticCheckout',
    method: 'post',
    route: '/v1/synthetic-checkouts',
    summary:
      'Have the box make a synthetic checkout, which moves nothing, and tell how far it came. For `holdfast synthetic run`, by a key that lies in the box’s data folder',
    answers: {
      200: {
        kind: 'json',
        words: 'What came of it, also where it failed.',
        schema: 'SyntheticResult',
        samples: ['synthetic-result'],
      },
    },
    problems: [...any, 'box_key_missing'],
  },
  {
    id: 'readTechnicianSession',
    method: 'get',
    route: '/v1/technician/session',
    summary: 'Ask whether there is a PIN, and whether the one who asks is signed in',
    answers: {
      200: {
        kind: 'json',
        words: 'How it is.',
        schema: 'TechnicianSession',
        samples: ['technician-session'],
      },
    },
    problems: ofPage,
  },
  {
    id: 'signIn',
    method: 'post',
    route: '/v1/technician/session',
    summary: 'Type the PIN: the answer sets a cookie, for 15 minutes without a touch and 8 hours at most',
    takes: { schemas: ['SignIn'], samples: ['sign-in'] },
    answers: {
      201: {
        kind: 'json',
        words: 'Signed in.',
        schema: 'TechnicianSession',
        samples: ['technician-session'],
      },
    },
    problems: [...ofPage, ...body, 'busy', 'pin_locked', 'pin_not_set', 'pin_wrong'],
  },
  {
    id: 'signOut',
    method: 'post',
    route: '/v1/technician/session/end',
    summary: 'Sign out',
    answers: { 200: { kind: 'json', words: 'Signed out.', schema: 'TechnicianSession', samples: [] } },
    problems: ofPage,
  },
  {
    id: 'readTechnicianView',
    method: 'get',
    route: '/v1/technician/view',
    summary: 'Read how the box is, for the person who stands before it',
    parameters: ['acted'],
    answers: {
      200: { kind: 'json', words: 'The view.', schema: 'TechnicianView', samples: ['technician-view'] },
    },
    problems: [...technicians, 'busy'],
  },
  {
    id: 'examine',
    method: 'post',
    route: '/v1/technician/examination',
    summary:
      'Have the doctor look; what it found stands in the view. One at a time: a second asks for the same one',
    answers: { 202: { kind: 'json', words: 'It looks.', schema: 'Examination', samples: [] } },
    problems: technicians,
  },
  {
    id: 'offerPairing',
    method: 'post',
    route: '/v1/technician/pairings',
    summary: 'Make a one-time code for a kiosk, as text and as a QR code',
    takes: { schemas: ['PairingWish'], samples: ['pairing-wish'] },
    answers: {
      201: {
        kind: 'json',
        words: 'The code, said this once.',
        schema: 'PairingOffer',
        samples: ['pairing-offer'],
      },
    },
    problems: [...technicians, ...body, 'busy', 'kiosk_name_taken', 'kiosks_full', 'kiosks_unreadable'],
  },
];
